package learning

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// appliedRegrade is a regrade that was applied to the attempts of its day.
type appliedRegrade struct {
	ID                     models.ID
	CourseKey, QuestionKey string
	FromHash, ToHash       string
	AppliedAt              time.Time
	current                bool // its new version is the one published now
}

// appliedTo reads, for each old version among the hashes, the one regrade that
// holds now: the one onto the published version, else the last.
func (l *Learning) appliedTo(ctx context.Context, tx *gorm.DB, hashes []string) ([]appliedRegrade, error) {
	var rows []appliedRegrade
	err := tx.Raw("SELECT id, course_key, question_key, from_hash, to_hash, applied_at FROM regrades WHERE from_hash IN ?", hashes).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	_, courses, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if c := courses[r.CourseKey]; c != nil && c.byKey[r.QuestionKey] != nil {
			rows[i].current = c.byKey[r.QuestionKey].Hash == r.ToHash
		}
	}
	slices.SortFunc(rows, func(a, b appliedRegrade) int {
		return cmp.Or(cmp.Compare(bit(b.current), bit(a.current)), b.AppliedAt.Compare(a.AppliedAt), cmp.Compare(a.ToHash, b.ToHash))
	})
	var list []appliedRegrade
	for _, r := range rows {
		if !slices.ContainsFunc(list, func(x appliedRegrade) bool { return x.FromHash == r.FromHash }) {
			list = append(list, r)
		}
	}
	return list, nil
}

// followRegrades grades an attempt by the corrected keys that were applied
// before it was in: one that was being taken then, that a device could still
// add answers to, or that was on a laptop. An attempt that is open or awaited
// is left alone; one that has the new result already is not changed again.
func (l *Learning) followRegrades(tx *gorm.DB, f *frozen, now time.Time) error {
	ctx := tx.Statement.Context
	applied, err := l.appliedTo(ctx, tx, f.hashes())
	if err != nil {
		return err
	}
	for _, a := range applied {
		p := &regradePlan{}
		p.From, p.To = a.FromHash, a.ToHash
		if p.old, err = questionVersion(tx, a.FromHash); err != nil {
			return err
		}
		if p.fresh, err = questionVersion(tx, a.ToHash); err != nil {
			return err
		}
		if p.old == nil || p.fresh == nil {
			continue
		}
		list, err := l.regradables(ctx, tx, p, "a.id = ? AND a.state <> 'open'", f.ID)
		if err != nil || len(list) == 0 || list[0].waiting {
			return err
		}
		x, _, err := p.regrade(&list[0])
		if err != nil {
			return err
		}
		if x == nil {
			continue
		}
		if _, _, err := writeRegrade(tx, a.ID, &list[0], x, now); err != nil {
			return err
		}
	}
	return nil
}

// hashes lists the question versions that the attempt was made of.
func (f *frozen) hashes() []string {
	list := make([]string, len(f.items))
	for i, s := range f.items {
		list[i] = s.q.Hash
	}
	return list
}

// followAll is followRegrades for attempts that have become final, each in a
// transaction of its own: a crash between two repeats what is left.
func (l *Learning) followAll(ctx context.Context, list []graded) error {
	var mended []string
	if err := l.db.Read(ctx).Raw("SELECT DISTINCT from_hash FROM regrades").Scan(&mended).Error; err != nil || len(mended) == 0 {
		return err
	}
	for _, g := range list {
		if !slices.ContainsFunc(g.f.hashes(), func(h string) bool { return slices.Contains(mended, h) }) {
			continue
		}
		err := l.db.Tx(ctx, func(tx *gorm.DB) error { return l.followRegrades(tx, g.f, l.clock.Now()) })
		if err != nil {
			return err
		}
	}
	return nil
}
