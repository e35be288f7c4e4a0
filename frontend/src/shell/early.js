// A plain script, written into index.html by scripts/postbuild.mjs. The page's address alone
// says which files and which answers it will need, long before the app's script has been
// fetched and has found out: both are asked for at once. The app takes the answers over by
// their address (lib/api/early.ts).
(() => {
	const root = document.documentElement;
	const early = (window.nhasoEarly = { since: Date.now(), replies: {} });
	const soon = (file, rest) => {
		const link = Object.assign(document.createElement('link'), rest);
		link.href = '/_app/immutable/' + file;
		document.head.appendChild(link);
	};
	for (const { path, files, asks } of ['__ROUTES__']) {
		const found = new RegExp('^' + path + '$').exec(location.pathname);
		if (!found) continue;
		for (const file of files)
			soon(file, file.endsWith('css') ? { rel: 'preload', as: 'style' } : { rel: 'modulepreload' });
		for (const ask of asks) {
			// What is learnt comes in the language of the page ("*"), as the app asks for it.
			const url =
				'/api/v1' +
				ask
					.replace(/\$(\d)/g, (_, n) => found[n])
					.replace('*', root.lang === 'en' ? '?lang=en' : '');
			const reply = fetch(url).then((response) => ({ response, at: Date.now() }));
			// Taken over or not, a failure is the app's to tell.
			reply.catch(() => {});
			early.replies[location.origin + url] = reply;
		}
	}
	// Only for a device that has them already (lib/font.ts).
	if (root.className === 'font')
		for (const file of ['__FONTS__'])
			soon(file, { rel: 'preload', as: 'font', type: 'font/woff2', crossOrigin: '' });
})();
