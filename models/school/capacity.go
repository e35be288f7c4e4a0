package school

import (
	"context"
	"math"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The formula of `nhaso ready`: what the machine that runs the server carries.
// A quarter of what the disk commits is counted on: a real answer costs about
// twice as much as what is saved here (docs/performance.md, answer_save), and a
// lesson also reads and grades. 70 % of the hashing is, because it runs beside
// everything else.
const (
	countOnSaves = 0.25
	signInWithin = 180.0 // seconds in which a class has signed in
)

// Capacity is what was measured of a machine, each per second.
type Capacity struct {
	Saves   float64 `json:"saves_per_second"`
	SignIns float64 `json:"sign_ins_per_second"`
	Flushes float64 `json:"disk_flushes_per_second"`
}

// MachineVerdict is how many pupils at once a machine carries.
type MachineVerdict struct {
	Pupils    int    `json:"pupils"`
	BySaves   int    `json:"pupils_by_saves"`
	BySignIn  int    `json:"pupils_by_sign_in"`
	LimitedBy string `json:"limited_by"` // "saves" or "sign_in"
}

// JudgeMachine turns a capacity into a number of pupils: each saves an answer
// about every 20 seconds, and all sign in within three minutes.
func JudgeMachine(c Capacity) MachineVerdict {
	v := MachineVerdict{
		BySaves:  int(math.Min(c.Saves*saveEvery.Seconds()*countOnSaves, 1e6)),
		BySignIn: int(math.Min(c.SignIns*signInWithin*countOn, 1e6)),
	}
	v.Pupils, v.LimitedBy = v.BySaves, BySaves
	if v.BySignIn < v.BySaves {
		v.Pupils, v.LimitedBy = v.BySignIn, "sign_in"
	}
	return v
}

// probe is one save of the measurement.
type probe struct {
	account models.ID
	slot    int
}

// Saver answers a function that saves a few hundred bytes the way answers are
// saved: grouped with what comes at the same time, acknowledged when it is on
// disk. Clear removes what it wrote.
func (s *Schools) Saver() (save func(ctx context.Context, slot int) error, clear func(ctx context.Context) error) {
	account := models.NewID(s.clock.Now())
	payload := strings.Repeat("x", 300)
	group := store.NewCombiner(s.db, 64, func(tx *gorm.DB, batch []probe) []error {
		errs := make([]error, len(batch))
		for i, p := range batch {
			errs[i] = saveProbe(tx, p.account, p.slot, payload, s.clock.Now())
		}
		return errs
	})
	save = func(ctx context.Context, slot int) error { return group.Do(ctx, probe{account, slot}) }
	clear = func(ctx context.Context) error {
		return s.db.Tx(ctx, func(tx *gorm.DB) error {
			return tx.Exec("DELETE FROM school_probes WHERE account_id = ?", account).Error
		})
	}
	return save, clear
}
