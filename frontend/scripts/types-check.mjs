// Fails when src/lib/api/schema.d.ts is not what the server's OpenAPI file gives.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'nhaso-types-'));
const fresh = path.join(folder, 'schema.d.ts');
execFileSync('openapi-typescript', ['../api/testdata/openapi.json', '-o', fresh], {
	stdio: 'ignore'
});
const same = readFileSync(fresh, 'utf8') === readFileSync('src/lib/api/schema.d.ts', 'utf8');
rmSync(folder, { recursive: true });
if (!same) {
	console.error('src/lib/api/schema.d.ts is out of date: run "npm run types" and commit it');
	process.exit(1);
}
console.log('schema.d.ts agrees with api/testdata/openapi.json');
