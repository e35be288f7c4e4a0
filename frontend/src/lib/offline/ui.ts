// What pupils' pages show of the device's store: one file, fetched after the page itself.
export { default as InstallHint } from '../ui/InstallHint.svelte';
export { default as LessonBar } from '../lesson/LessonBar.svelte';
export { default as LeaveDialog } from './LeaveDialog.svelte';
export { default as Outbox } from './Outbox.svelte';
export { default as TakeAlong } from './TakeAlong.svelte';
