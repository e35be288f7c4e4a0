// Problem words of the cards' page.
import { m } from '#paraglide/messages.js';
import { addWords } from '../api/problem.ts';

addWords({ cards_changed: m.problem_cards_changed, no_cards: m.problem_no_cards }, {});
