package rights

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/store"
)

// erase takes a person out of every room as far as the proof of the numbers
// allows. What passes and the confirmation rest on is checked in full first and
// stubs take its place; then each room's rows go, are blanked or stay, as the
// room itself says; the household goes on being counted. The entry in the audit
// record covers the stubs. The error is KindConflict "proof_broken" when a proof
// does not hold: nothing is erased then.
func (s *Rights) erase(ctx context.Context, tx *gorm.DB, actor models.Actor, r Request, forget *[]models.ID) (map[string]any, error) {
	now := s.clock.Now()
	var attempts []models.ID
	if err := tx.Raw("SELECT id FROM attempts WHERE person_id = ?", r.PersonID).Scan(&attempts).Error; err != nil {
		return nil, fmt.Errorf("read attempts to erase: %w", err)
	}
	*forget = attempts
	if _, err := s.learning.SealPasses(ctx, tx, r.PersonID, r.ID, now); err != nil {
		return nil, err
	}
	if err := certificate.StubNames(tx, r.PersonID, r.ID, now); err != nil {
		return nil, err
	}
	root, err := certificate.Root(tx, r.ID)
	if err != nil {
		return nil, err
	}
	counts := map[store.Fate]int64{}
	for _, h := range s.held {
		n, err := h.Erase(tx, r.PersonID)
		if err != nil {
			return nil, err
		}
		counts[h.Fate] += n
	}
	if err := consent.Restrict(tx, r.PersonID, consent.Erased, r.ID, now); err != nil {
		return nil, err
	}
	rows := map[string]any{"erased": counts[store.FateErased], "blanked": counts[store.FateBlanked]}
	return rows, s.record(tx, actor, audit.PersonErased, r, audit.Detail{
		certificate.RootKey: root, "erased": strconv.FormatInt(counts[store.FateErased], 10), "blanked": strconv.FormatInt(counts[store.FateBlanked], 10)})
}

func join(list []string) string { return strings.Join(list, " ") }
