// Package classroom is a lesson on one laptop without the internet, and how its
// results come home. The same program runs on both sides: the laptop serves
// the phones of one class from its own database; the province's server decides.
//
// Down goes a class pack: who may sign in, what is taught, sealed to the
// laptop's key. Up go batches of facts, numbered without gaps, each chained to
// the one before and signed. The server checks, grades and awards by itself,
// one batch in one transaction, and answers with a signed receipt. A batch may
// come any number of times, over the network or in a file: it counts once.
package classroom

import (
	"sync"
	"time"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
)

// Version is that of batches, receipts, packs and files. A reader refuses what
// is newer than itself, because it cannot know what it would drop.
const Version = 1

// batchVersion is the newest kind of batch. A batch says the oldest version that
// knows all it carries: 2 accommodations and incidents, 3 decisions.
const batchVersion = 3

const (
	// codeFor is how long an enrolment code is good.
	codeFor = 72 * time.Hour
	// packFor is how long a class pack may be signed in with: a month, so that
	// what was copied to a lost laptop does not stay good for a school year.
	packFor = 30 * 24 * time.Hour
	// keepAcked is how long the laptop keeps a batch that is safe, in case the
	// server is set back to a backup of the day before.
	keepAcked = 14 * 24 * time.Hour
	// clockTolerance is how far a laptop's clock may be ahead without being called wrong.
	clockTolerance = 2 * time.Minute
)

// Limits of what is read from elsewhere, in bytes and numbers.
const (
	sealBytes   = 180 << 10 // facts of one batch: at most 240 KB on the wire even where nothing compresses
	maxBatch    = 1 << 20   // one encoded batch; a single very long quiz may need it
	maxUnfolded = 8 << 20   // what a batch may unfold to
	maxFacts    = 5000      // facts of one batch
	maxPack     = 64 << 20  // a class pack
	maxUnpacked = 256 << 20 // what a pack may unfold to
	maxBatches  = 20000     // batches of one file
	maxName     = 80        // of a laptop
	maxClasses  = 20        // of a laptop
)

// Classroom answers for laptops: on the server for those that are enrolled, on
// a laptop for itself.
type Classroom struct {
	db       *store.DB
	clock    models.Clock
	learning *learning.Learning
	line     line
	sealing  sync.Mutex // one sealer at a time; the outbox's key decides between programs
}

// New makes the room on one database.
func New(db *store.DB, l *learning.Learning) *Classroom {
	return &Classroom{db: db, clock: db.Clock(), learning: l}
}
