package household

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// The states of a link. Claimed and confirmed links are live, and a person has
// at most one live link: a unique index decides.
const (
	Claimed   = "claimed"
	Confirmed = "confirmed"
	Rejected  = "rejected"
	Ended     = "ended"
)

// Relations are what a person may be in a household.
var Relations = []string{"child", "grandchild", "sibling", "spouse", "head", "other"}

// Link is the tie of one person to one household, with who claimed and who
// decided it.
type Link struct {
	ID          models.ID
	HouseholdID models.ID
	PersonID    models.ID
	Relation    string
	State       string
	Live        *int
	ClaimedBy   models.ID
	ClaimedRole string
	ClaimedAt   time.Time
	DecidedBy   models.ID
	DecidedName string
	DecidedRole string
	DecidedAt   *time.Time
	Reason      string
	FromDate    string
	ToDate      string
	BoardsSince string // civil day from which the member lives at a school away from home, "" for none
}

const linkColumns = `l.id, l.household_id, l.person_id, l.relation, l.state, l.live, l.claimed_by, l.claimed_role, l.claimed_at,
	l.decided_by, l.decided_name, l.decided_role, l.decided_at, l.reason, l.from_date, l.to_date, l.boards_since`

// NewClaim says to which household a person belongs: by its public code, or by
// the code of the village and the head's name.
type NewClaim struct {
	ID            models.ID // made by the client, may be zero
	PersonID      models.ID // of ClaimFor; Claim takes the actor's own person
	HouseholdCode string
	VillageCode   string
	HeadName      string
	Relation      string
}

// Claim links the actor's own person to a household; somebody else confirms it.
// The same claim again answers the same link, and a claim of another household
// replaces one that nobody has decided. Errors: Invalid field "body.relation";
// NotFound when no household answers the description; Conflict
// "ambiguous_household" when several do, and "link_confirmed" when the person
// is confirmed somewhere already.
func (s *Households) Claim(ctx context.Context, actor models.Actor, c NewClaim) (Link, error) {
	reach, err := models.Allow(actor, models.ActOwnHousehold)
	if err != nil {
		return Link{}, err
	}
	if reach.Self.IsZero() || !c.PersonID.IsZero() && c.PersonID != reach.Self {
		return Link{}, models.NotFound()
	}
	c.PersonID = reach.Self
	return s.claim(ctx, actor, models.ActOwnHousehold, c, nil)
}

// ClaimFor links a pupil on the pupil's behalf. The actor needs decide_link and
// the pupil in reach; out of reach is NotFound. Other errors as for Claim.
func (s *Households) ClaimFor(ctx context.Context, actor models.Actor, c NewClaim) (Link, error) {
	reach, err := models.Allow(actor, models.ActDecideLink)
	if err != nil {
		return Link{}, err
	}
	return s.claim(ctx, actor, models.ActDecideLink, c, func(tx *gorm.DB, h Household) error {
		ok, err := s.mayDecide(tx, reach, c.PersonID, h.VillageID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		return err
	})
}

func (s *Households) claim(ctx context.Context, actor models.Actor, action models.Action, c NewClaim, allowed func(*gorm.DB, Household) error) (Link, error) {
	if !slices.Contains(Relations, c.Relation) {
		return Link{}, models.InvalidField("body.relation", "unknown_relation")
	}
	var link Link
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		h, err := describe(tx, c, s.db.Clock().Today())
		if err != nil {
			return err
		}
		if allowed != nil {
			if err := allowed(tx, h); err != nil {
				return err
			}
		}
		now := s.db.Clock().Now()
		have, err := liveLink(tx, c.PersonID)
		switch {
		case err != nil:
			return err
		case have != nil && have.HouseholdID == h.ID:
			link = *have
			return nil
		case have != nil && have.State == Confirmed:
			return models.Conflict("link_confirmed")
		case have != nil:
			if err := replace(tx, *have, actor, now); err != nil {
				return err
			}
		}
		link = newLink(c, h, actor, action, now)
		if err := insertLink(tx, link, actor, now); err != nil {
			return err
		}
		// A merge that takes this household away must not miss the link.
		return store.One(tx.Exec("UPDATE households SET version = version + 1 WHERE id = ? AND version = ?", h.ID, h.Version), store.ErrRetry)
	})
	return link, err
}

// ClaimTx links the actor's own person, who has no link yet, to a household;
// somebody else confirms it. Errors: NotFound; Invalid field "body.relation".
func ClaimTx(tx *gorm.DB, actor models.Actor, householdID models.ID, relation string, now time.Time) error {
	if !slices.Contains(Relations, relation) {
		return models.InvalidField("body.relation", "unknown_relation")
	}
	h, err := byID(tx, householdID)
	if err != nil {
		return err
	}
	if h.State != StateActive {
		return models.NotFound()
	}
	l := newLink(NewClaim{PersonID: actor.Person, Relation: relation}, h, actor, models.ActOwnHousehold, now)
	if err := insertLink(tx, l, actor, now); err != nil {
		return err
	}
	return store.One(tx.Exec("UPDATE households SET version = version + 1 WHERE id = ? AND version = ?", h.ID, h.Version), store.ErrRetry)
}

// describe finds the one household that a claim means.
func describe(tx *gorm.DB, c NewClaim, today string) (Household, error) {
	if c.HouseholdCode != "" {
		return byCode(tx, c.HouseholdCode)
	}
	name := models.Fold(c.HeadName)
	if c.VillageCode == "" || name == "" {
		return Household{}, models.InvalidField("body.household_code", "required")
	}
	village, err := place.VillageByCode(tx, c.VillageCode, today)
	if err != nil {
		return Household{}, models.NotFound()
	}
	var found []Household
	err = tx.Raw("SELECT "+householdColumns+" FROM households h WHERE h.village_id = ? AND h.head_sort = ? AND h.state = ? LIMIT 2",
		village.ID, sortFold(cut(name, 160)), StateActive).Scan(&found).Error
	switch {
	case err != nil:
		return Household{}, fmt.Errorf("find household by head: %w", err)
	case len(found) == 0:
		return Household{}, models.NotFound()
	case len(found) > 1:
		return Household{}, models.Conflict("ambiguous_household")
	}
	return found[0], nil
}

func newLink(c NewClaim, h Household, actor models.Actor, action models.Action, now time.Time) Link {
	live := 1
	l := Link{
		ID: c.ID, HouseholdID: h.ID, PersonID: c.PersonID, Relation: c.Relation, State: Claimed, Live: &live,
		ClaimedBy: actor.Account, ClaimedRole: string(actor.RoleFor(action)), ClaimedAt: now,
		FromDate: models.Day(now), ToDate: models.Forever,
	}
	if l.ID.IsZero() {
		l.ID = models.NewID(now)
	}
	return l
}

func insertLink(tx *gorm.DB, l Link, actor models.Actor, now time.Time) error {
	var taken int
	if err := tx.Raw("SELECT 1 FROM household_links WHERE id = ?", l.ID).Scan(&taken).Error; err != nil {
		return fmt.Errorf("look for link: %w", err)
	}
	if taken == 1 {
		return models.Conflict("id_taken") // the client's id names another, older claim
	}
	err := tx.Exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_by, claimed_role, claimed_at,
		decided_by, decided_name, decided_role, decided_at, reason, from_date, to_date)
		VALUES (?,?,?,?,?,1,?,?,?,NULL,'','',NULL,'',?,?)`,
		l.ID, l.HouseholdID, l.PersonID, l.Relation, l.State, l.ClaimedBy, l.ClaimedRole, l.ClaimedAt, l.FromDate, l.ToDate).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // another claim of this person came first: look at it again
	}
	if err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	return note(tx, l.HouseholdID, l.ID, "claimed", "", actor, now)
}

// replace ends a claim that nobody has decided, for another one.
func replace(tx *gorm.DB, l Link, actor models.Actor, now time.Time) error {
	err := store.One(tx.Exec("UPDATE household_links SET state = ?, live = NULL, to_date = ?, reason = 'replaced' WHERE id = ? AND state = ?",
		Ended, models.Day(now), l.ID, Claimed), store.ErrRetry)
	if err != nil {
		return err
	}
	return note(tx, l.HouseholdID, l.ID, "replaced", "", actor, now)
}

// liveLink is the person's claimed or confirmed link, nil when there is none.
func liveLink(tx *gorm.DB, personID models.ID) (*Link, error) {
	return oneLink(tx.Raw("SELECT "+linkColumns+" FROM household_links l WHERE l.person_id = ? AND l.live = 1", personID))
}

func linkByID(tx *gorm.DB, id models.ID) (*Link, error) {
	return oneLink(tx.Raw("SELECT "+linkColumns+" FROM household_links l WHERE l.id = ?", id))
}

func oneLink(q *gorm.DB) (*Link, error) {
	var links []Link
	if err := q.Scan(&links).Error; err != nil || len(links) == 0 {
		return nil, err
	}
	return &links[0], nil
}

// mayDecide tells whether somebody with this reach has a say over a person's
// link: by the pupil's class or school, or by the household's village.
func (s *Households) mayDecide(tx *gorm.DB, reach models.Reach, personID, villageID models.ID) (bool, error) {
	ok, err := s.personInReach(tx, models.Reach{All: reach.All, Classes: reach.Classes, Schools: reach.Schools}, personID)
	if ok || err != nil {
		return ok, err
	}
	return place.InReach(tx, models.Reach{All: reach.All, Areas: reach.Areas}, villageID)
}

// note appends to the history of a household.
func note(tx *gorm.DB, householdID, linkID models.ID, kind, reason string, actor models.Actor, now time.Time) error {
	err := tx.Exec("INSERT INTO household_events (id, household_id, link_id, kind, reason, account_id, actor_name, at) VALUES (?,?,?,?,?,?,?,?)",
		models.NewID(now), householdID, linkID, kind, reason, actor.Account, cut(actor.Name, 120), now).Error
	if err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	return nil
}

// cut keeps at most n characters, the length of a column.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// reasonOf cleans a reason; more than 400 characters are Invalid.
func reasonOf(reason string) (string, error) {
	reason = models.Clean(reason)
	if len([]rune(reason)) > 400 {
		return "", models.InvalidField("body.reason", "too_long")
	}
	return reason, nil
}
