// Classrooms on one laptop: the province's list, and the laptop's own pages.
import { api, take } from './client.ts';
import { save } from './save.ts';
import type { components } from './schema.d.ts';
import { uploadFile } from './upload.ts';

type Schema = components['schemas'];
export type Here = Schema['ClassroomHere'];
export type Laptop = Schema['ClassroomLaptop'];
export type Status = Schema['ClassroomStatus'];
export type Loaded = Schema['ClassroomLoadReport'];
export interface Results {
	batches: number;
	new: number;
	again: number;
	facts: number;
	skipped: number;
	receipts: string;
}

export const here = () => take(api.GET('/classroom'));
export const laptops = () => take(api.GET('/laptops'));
export const register = (body: { id: string; name: string; class_ids: string[] }) =>
	take(api.POST('/laptops', { body }));
export const enrolByFile = (file: File, fields: Record<string, string>) =>
	uploadFile<Laptop>('/laptops/from-file', file, fields);
export const revoke = (id: string) =>
	take(api.POST('/laptops/{id}/revocation', { params: { path: { id } } }));
export const savePack = (id: string) => save(`/laptops/${id}/pack`);
export const loadResults = (file: File) => uploadFile<Results>('/laptops/results', file, {});

export const status = () => take(api.GET('/classroom/status'));
export const push = () => take(api.POST('/classroom/push'));
export const saveResults = () => save('/classroom/results');
export const loadReceipts = (file: File) =>
	uploadFile<{ count: number }>('/classroom/receipts', file, {});
export const fetchPack = () => take(api.POST('/classroom/pack/fetch'));

export const saveRequest = () => save('/classroom/setup/request');
export const join = (server: string, code: string) =>
	take(api.POST('/classroom/setup/server', { body: { server, code } }));
export const loadPack = (file: File) => uploadFile<Loaded>('/classroom/setup/pack', file, {});
