package household

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/coverage"
	"nhaso/models/place"
	"nhaso/models/store"
)

// NewSplit says who leaves a household to make one of their own. The ID becomes
// the new household's and is made by the client.
type NewSplit struct {
	ID          models.ID
	HeadName    string
	VillageCode string // where the new household lives; empty: where the old one does
	On          string // civil day from which it is one, up to today
	Links       []models.ID
	Members     []models.ID // rows of the register
	Reason      string
}

// Split makes a household out of some members of another from a day on. A
// confirmed link ends in the old household on that day and begins, confirmed by
// the same decision, in the new one; both count from then on as of that day. A
// repeat answers the same household. To take it back, merge the new household
// into the old one. The actor needs merge_households with the household and the
// village in reach. Errors: NotFound; Invalid fields "body.head_name",
// "body.on", "body.village_code", "body.links" (none left, none chosen or not of
// this household); Conflict "id_taken" and "village_closed".
func (s *Households) Split(ctx context.Context, actor models.Actor, from models.ID, n NewSplit) (Household, error) {
	reach, err := models.Allow(actor, models.ActMergeHouseholds)
	if err != nil {
		return Household{}, err
	}
	today := s.db.Clock().Today()
	if n.On, n.Reason, err = moveWords(n.On, n.Reason, today); err != nil {
		return Household{}, err
	}
	var reason string
	if n.HeadName, reason = personName(n.HeadName); reason != "" || n.HeadName == "" {
		return Household{}, models.InvalidField("body.head_name", "invalid_name")
	}
	if len(n.Links)+len(n.Members) == 0 || len(n.Links)+len(n.Members) > 50 {
		return Household{}, models.InvalidField("body.links", "required")
	}
	if n.ID.IsZero() {
		n.ID = models.NewID(s.db.Clock().Now())
	}
	var made Household
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		h, err := byID(tx, from)
		if err != nil {
			return err
		}
		if err := reaches(tx, reach, h.VillageID); err != nil {
			return err
		}
		var repeat bool
		if made, repeat, err = splitBefore(tx, n.ID, from); repeat || err != nil {
			return err
		}
		if h.State != StateActive {
			return models.NotFound()
		}
		village, err := s.splitVillage(tx, reach, h, n, today)
		if err != nil {
			return err
		}
		made, err = s.split(tx, actor, h, village, n, s.db.Clock().Now())
		return err
	})
	return made, err
}

// splitBefore answers the household of a split that was made already.
func splitBefore(tx *gorm.DB, id, from models.ID) (Household, bool, error) {
	made, err := byID(tx, id)
	if models.KindOf(err) == models.KindNotFound {
		return Household{}, false, nil
	}
	if err != nil {
		return Household{}, false, err
	}
	var same int
	if err := tx.Raw("SELECT 1 FROM household_splits WHERE id = ? AND from_id = ?", id, from).Scan(&same).Error; err != nil {
		return made, false, err
	}
	if same == 0 {
		return made, false, models.Conflict("id_taken")
	}
	return made, true, nil
}

// splitVillage is where the new household lives, open and in reach since the
// day of the split.
func (s *Households) splitVillage(tx *gorm.DB, reach models.Reach, h Household, n NewSplit, today string) (models.ID, error) {
	if n.On < h.VillageSince {
		return models.ID{}, models.InvalidField("body.on", "before_start")
	}
	if n.VillageCode == "" {
		return h.VillageID, enter(tx, h.VillageID, today)
	}
	v, err := place.VillageByCode(tx, n.VillageCode, today)
	if err != nil {
		return models.ID{}, models.InvalidField("body.village_code", "unknown_village")
	}
	if err := reaches(tx, reach, v.ID); err != nil {
		return models.ID{}, err
	}
	if n.On < v.ValidFrom {
		return models.ID{}, models.InvalidField("body.on", "before_start")
	}
	return v.ID, enter(tx, v.ID, today)
}

func (s *Households) split(tx *gorm.DB, actor models.Actor, h Household, village models.ID, n NewSplit, now time.Time) (Household, error) {
	fold := cut(models.Fold(n.HeadName), 160)
	err := tx.Exec(`INSERT INTO households (id, code, external_ref, village_id, village_since, head_name, head_fold, head_sort, register_id,
		state, known, covered, version, created_at, updated_at) VALUES (?,?,NULL,?,?,?,?,?,?,'active',0,0,1,?,?)`,
		n.ID, models.NewCode(8), village, n.On, n.HeadName, fold, sortFold(fold), h.RegisterID, now, now).Error
	if err == nil {
		err = tx.Exec("INSERT INTO household_splits (id, from_id, on_date, split_by, split_at) VALUES (?,?,?,?,?)", n.ID, h.ID, n.On, actor.Account, now).Error
	}
	if store.IsDuplicate(err) {
		return Household{}, store.ErrRetry
	}
	if err != nil {
		return Household{}, fmt.Errorf("write household: %w", err)
	}
	err = coverage.Record(tx, coverage.Delta{SubjectID: n.ID, VillageID: village, OnDate: n.On, Households: 1, Cause: "split", CauseID: h.ID}, now)
	if err != nil {
		return Household{}, err
	}
	if err := moveLinks(tx, actor, h.ID, n, now); err != nil {
		return Household{}, err
	}
	if err := moveMembers(tx, h.ID, n); err != nil {
		return Household{}, err
	}
	if err := recountOn(tx, h.ID, n.On, "split", n.ID, now); err != nil {
		return Household{}, err
	}
	if err := countFrom(tx, n.ID, n.On, now); err != nil {
		return Household{}, err
	}
	for _, id := range []models.ID{h.ID, n.ID} {
		if err := note(tx, id, models.ID{}, "split", n.Reason, actor, now); err != nil {
			return Household{}, err
		}
	}
	err = audit.Append(tx, actor, audit.Entry{Act: audit.HouseholdSplit, Kind: audit.KindHousehold, Subject: h.ID, Detail: audit.Detail{"made": n.ID.String(), "on": n.On}})
	if err != nil {
		return Household{}, err
	}
	return byID(tx, n.ID)
}

// countFrom counts a household that began on a day, with each fact from the day
// on which it holds: no earlier than a member was confirmed, a skill passed, a
// certificate issued.
func countFrom(tx *gorm.DB, id models.ID, on string, now time.Time) error {
	h, err := byID(tx, id)
	if err != nil {
		return err
	}
	decided, err := decide(tx, []models.ID{id})
	if err != nil {
		return err
	}
	change, err := settle(tx, h, decided[id], now)
	if err != nil || change == (coverage.Figures{}) {
		return err
	}
	known, covered, skills, err := factsFrom(tx, id, on)
	if err != nil {
		return err
	}
	deltas := []coverage.Delta{
		delta(h, coverage.Figures{Known: change.Known}, known, "split", id),
		delta(h, coverage.Figures{Covered: change.Covered}, covered, "split", id),
	}
	for bit, day := range skills {
		deltas = append(deltas, delta(h, coverage.Figures{Skills: coverage.SkillsIn(bit)}, day, "split", id))
	}
	slices.SortStableFunc(deltas, func(a, b coverage.Delta) int { return strings.Compare(a.OnDate, b.OnDate) })
	return coverage.RecordMany(tx, deltas, now)
}

// factsFrom answers since when a household that began on a day is known and
// covered, and holds each skill (by its bit).
func factsFrom(tx *gorm.DB, id models.ID, on string) (known, covered string, skills map[int]string, err error) {
	links, err := confirmedOf(tx, []models.ID{id})
	if err != nil {
		return "", "", nil, err
	}
	persons, since := make([]models.ID, len(links)), map[models.ID]string{}
	known, covered, skills = models.Forever, models.Forever, map[int]string{}
	for i, l := range links {
		persons[i], since[l.PersonID] = l.PersonID, max(on, models.Day(decidedAt(l)))
		known = min(known, since[l.PersonID])
	}
	live, err := certificate.LivePersons(tx, persons)
	if err != nil {
		return "", "", nil, err
	}
	for person, c := range live {
		covered = min(covered, max(since[person], models.Day(c.IssuedAt)))
	}
	var passes []struct {
		PersonID models.ID
		Skill    string
		PassedAt time.Time
	}
	if err := tx.Raw("SELECT person_id, skill, passed_at FROM skill_passes WHERE person_id IN ?", persons).Scan(&passes).Error; err != nil {
		return "", "", nil, fmt.Errorf("read passes: %w", err)
	}
	for _, p := range passes {
		bit, day := coverage.SkillBit(p.Skill), max(since[p.PersonID], models.Day(p.PassedAt))
		if have, ok := skills[bit]; !ok || day < have {
			skills[bit] = day
		}
	}
	return known, covered, skills, nil
}

// moveLinks ends the chosen links in the old household and begins them in the
// new one.
func moveLinks(tx *gorm.DB, actor models.Actor, from models.ID, n NewSplit, now time.Time) error {
	for _, id := range slices.Compact(slices.SortedFunc(slices.Values(n.Links), func(a, b models.ID) int { return slices.Compare(a[:], b[:]) })) {
		l, err := linkByID(tx, id)
		if err != nil {
			return err
		}
		if l == nil || l.HouseholdID != from || l.Live == nil {
			return models.InvalidField("body.links", "not_of_household")
		}
		if n.On < l.FromDate {
			return models.InvalidField("body.on", "before_start")
		}
		if err := guard(tx, l.PersonID); err != nil {
			return err
		}
		next := *l
		next.ID, next.HouseholdID, next.FromDate, next.Reason = models.NewID(now), n.ID, n.On, n.Reason
		l.Live, l.ToDate = nil, n.On
		err = store.One(tx.Exec("UPDATE household_links SET state = ?, live = NULL, to_date = ?, reason = 'split' WHERE id = ? AND state = ?",
			Ended, n.On, l.ID, l.State), store.ErrRetry)
		if err != nil {
			return err
		}
		if err := writeLink(tx, next); err != nil {
			return err
		}
		if err := note(tx, from, l.ID, Ended, n.Reason, actor, now); err != nil {
			return err
		}
		if err := note(tx, n.ID, next.ID, next.State, n.Reason, actor, now); err != nil {
			return err
		}
	}
	return nil
}

// writeLink inserts a link as it is.
func writeLink(tx *gorm.DB, l Link) error {
	err := tx.Exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_by, claimed_role, claimed_at,
		decided_by, decided_name, decided_role, decided_at, reason, from_date, to_date, boards_since)
		VALUES (?,?,?,?,?,1,?,?,?,?,?,?,?,?,?,?,?)`, l.ID, l.HouseholdID, l.PersonID, l.Relation, l.State, l.ClaimedBy, l.ClaimedRole, l.ClaimedAt,
		l.DecidedBy, l.DecidedName, l.DecidedRole, l.DecidedAt, l.Reason, l.FromDate, l.ToDate, l.BoardsSince).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	if err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	return nil
}

// moveMembers puts members of the register into the new household.
func moveMembers(tx *gorm.DB, from models.ID, n NewSplit) error {
	for _, id := range n.Members {
		err := store.One(tx.Exec("UPDATE household_members SET household_id = ? WHERE id = ? AND household_id = ?", n.ID, id, from),
			models.InvalidField("body.members", "not_of_household"))
		if err != nil {
			return err
		}
	}
	return nil
}

// Board says that a member lives at a school away from home since a day, or
// with an empty day no more. The member counts for the household as before: that
// is where home is. The actor needs decide_link as for Decide. Errors: as
// Decide; Invalid field "body.since"; Conflict "link_ended".
func (s *Households) Board(ctx context.Context, actor models.Actor, linkID models.ID, since string) (Link, error) {
	if since != "" {
		day, err := models.ParseDay(since)
		if err != nil {
			return Link{}, models.InvalidField("body.since", "invalid_date")
		}
		if day > s.db.Clock().Today() {
			return Link{}, models.InvalidField("body.since", "future_date")
		}
	}
	return s.change(ctx, actor, linkID, func(tx *gorm.DB, l Link, now time.Time) (Link, error) {
		switch {
		case l.Live == nil:
			return l, models.Conflict("link_ended")
		case l.BoardsSince == since:
			return l, nil
		}
		kind := "boards"
		if since == "" {
			kind = "boards_no_more"
		}
		l.BoardsSince = since
		err := store.One(tx.Exec("UPDATE household_links SET boards_since = ? WHERE id = ? AND live = 1", since, l.ID), store.ErrRetry)
		if err != nil {
			return l, err
		}
		return l, note(tx, l.HouseholdID, l.ID, kind, since, actor, now)
	})
}
