// Package coverage keeps how many households of every area are known and
// covered: a ledger of changes, the fold that adds them up, exact figures at
// any moment, and the proof that they are right.
//
// It knows areas and deltas, not people: which household is covered is decided
// in one function of room household, which records the change here.
//
// The ledger is append-only. The rows of one subject (a household, or the
// register that brought many at once) are numbered and hash-linked, so no row
// is hot and a race is decided by a unique index. Fold takes rows that are in
// no batch yet, adds them to the counters of village, commune and province,
// and chains the batch to the one before it. A figure is counter + rows not
// folded yet, read in one statement, so it is exact between any two folds.
//
// A village counts in the commune of its latest row in village_communes that
// has begun. A closed village keeps its last commune, so that rows still on
// their way through the ledger reach the figures of that commune. Only
// MoveVillage changes that commune, and it carries the counters over in the
// same transaction.
package coverage
