// Plays logs with the browser's scenario engine: node scripts/scenario-replay.mjs FILE.
// The file holds {scenarios, runs}; the outcomes are printed as JSON, in order. A Go test
// (curriculum/scenario_vectors_test.go) compares them with the server's.
import { readFileSync } from 'node:fs';
import { outcomes } from '../src/lib/scenario/outcome.ts';

const file = process.argv[2];
if (!file) throw new Error('usage: scenario-replay.mjs FILE');
process.stdout.write(JSON.stringify(outcomes(JSON.parse(readFileSync(file, 'utf8')))));
