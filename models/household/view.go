package household

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
)

// Brief names a household for somebody who is not its officer.
type Brief struct {
	ID          models.ID
	Code        string
	HeadName    string // masked unless the asker may read names there
	VillageCode string
	VillageKind string // thon, ban, khu_pho: the name alone may be "1"
	VillageName string
	CommuneName string
}

// Mine is what a pupil sees of the own household.
type Mine struct {
	State     string // "none" or the state of the newest link
	Link      *Link
	Household *Brief
	Covered   *bool // nil unless the link is confirmed
}

// Mine answers the actor's own link: the live one, else the last that was
// rejected or ended. The head's name is masked.
func (s *Households) Mine(ctx context.Context, actor models.Actor) (Mine, error) {
	reach, err := models.Allow(actor, models.ActOwnHousehold)
	if err != nil {
		return Mine{}, err
	}
	views, err := s.linksOf(ctx, []models.ID{reach.Self}, func(*gorm.DB, models.ID, models.ID) (bool, bool, error) { return true, false, nil })
	v, ok := views[reach.Self]
	if err != nil || !ok {
		return Mine{State: "none"}, err
	}
	mine := Mine{State: v.Link.State, Link: &v.Link, Household: &v.Household}
	if v.Link.State == Confirmed {
		mine.Covered = &v.Covered
	}
	return mine, nil
}

// LinkView is a person's newest link with its household.
type LinkView struct {
	Link
	Household Brief
	Covered   bool
	Others    int // other live links to the same household: siblings, or somebody's mistake
}

// Links answers the newest link of each person for whom the actor has a say
// (decide_link, by class or school or by the household's village). Persons out
// of reach or without a link are left out.
func (s *Households) Links(ctx context.Context, actor models.Actor, persons []models.ID) (map[models.ID]LinkView, error) {
	reach, err := models.Allow(actor, models.ActDecideLink)
	if err != nil {
		return nil, err
	}
	return s.linksOf(ctx, persons, func(tx *gorm.DB, person, village models.ID) (bool, bool, error) {
		ok, err := s.mayDecide(tx, reach, person, village)
		if err != nil || !ok {
			return false, false, err
		}
		names, err := namesIn(tx, actor, village)
		return true, names, err
	})
}

// linksOf reads the newest links of persons; see decides who is shown and
// whether with names.
func (s *Households) linksOf(ctx context.Context, persons []models.ID, see func(tx *gorm.DB, person, village models.ID) (show, names bool, err error)) (map[models.ID]LinkView, error) {
	views := map[models.ID]LinkView{}
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		for chunk := range slices.Chunk(persons, partLinks) {
			newest, err := NewestLinks(tx, chunk)
			if err != nil {
				return err
			}
			for person, l := range newest {
				h, err := byID(tx, l.HouseholdID)
				if err != nil {
					return err
				}
				show, names, err := see(tx, person, h.VillageID)
				if err != nil {
					return err
				}
				if !show {
					continue
				}
				v := LinkView{Link: l, Covered: h.Covered == 1}
				if v.Household, err = brief(tx, h, names, s.db.Clock().Today()); err != nil {
					return err
				}
				err = tx.Raw("SELECT COUNT(*) FROM household_links WHERE household_id = ? AND live = 1 AND id <> ?", h.ID, l.ID).Scan(&v.Others).Error
				if err != nil {
					return fmt.Errorf("count links: %w", err)
				}
				views[person] = v
			}
		}
		return nil
	})
	return views, err
}

// NewestLinks answers, for each of at most 500 persons who ever had one, the
// live link or else the last one.
func NewestLinks(tx *gorm.DB, persons []models.ID) (map[models.ID]Link, error) {
	newest := map[models.ID]Link{}
	if len(persons) == 0 {
		return newest, nil
	}
	var links []Link
	err := tx.Raw("SELECT "+linkColumns+" FROM household_links l WHERE l.person_id IN ? ORDER BY (l.live IS NULL) DESC, l.claimed_at, l.id", persons).Scan(&links).Error
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	for _, l := range links {
		newest[l.PersonID] = l
	}
	return newest, nil
}

func brief(tx *gorm.DB, h Household, names bool, today string) (Brief, error) {
	b := Brief{ID: h.ID, Code: h.Code, HeadName: shown(h.HeadName, names)}
	v, err := place.VillageByID(tx, h.VillageID, today)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return b, err
	}
	b.VillageCode, b.VillageKind, b.VillageName, b.CommuneName = v.Code, v.Kind, v.Name, v.CommuneName
	return b, nil
}

// HomeBrief is a household that counts, with where it is. HeadName is whole: the
// caller masks it.
type HomeBrief struct {
	Brief
	VillageID models.ID
}

// ActiveBrief reads a household for a room that does something at its door. The
// error is NotFound when it is absent or was merged away.
func ActiveBrief(tx *gorm.DB, id models.ID, today string) (HomeBrief, error) {
	h, err := byID(tx, id)
	if err == nil && h.State != StateActive {
		err = models.NotFound()
	}
	if err != nil {
		return HomeBrief{}, err
	}
	b, err := brief(tx, h, true, today)
	return HomeBrief{b, h.VillageID}, err
}

// Member is one link of a household as its officer sees it.
type Member struct {
	Link
	Name            string // masked unless the actor may read names there; "" when Withheld
	CertificateCode string // "" without a live one, and when Withheld
	Certified       bool
	Adult           bool // a grown-up learner with an own account
	Withheld        bool // no consent to be named here: it counts, and who it is stays unsaid
}

// Event is one line of a household's history.
type Event struct {
	At        time.Time
	Kind      string // claimed, confirmed, rejected, ended, replaced, moved, split, home_merged, home_undone, boards, boards_no_more
	ActorName string // "" for what a pupil did who is not named to the actor
	Reason    string // "" when it may name somebody who is not
}

// Details is a household with everything that is known of it.
type Details struct {
	Household // HeadName masked unless the actor may read names there
	Village   place.Village
	Register  *Register
	Members   []Member
	Listed    []ListedMember // as the register has them; empty without the right to names
	Merges    []Joined       // that hold
	Events    []Event
}

// ListedMember is a member as the register has them, whoever they are.
type ListedMember struct {
	ID        models.ID
	FullName  string
	Relation  string
	BirthYear int // 0: unknown
}

// Joined is a merge that holds, as one of its households sees it.
type Joined struct {
	Merge
	Other     models.ID // the other household
	OtherCode string
	OtherHead string // masked unless the actor may read names there
}

// Household answers one household. The actor needs read_household with its
// village in reach, otherwise NotFound.
func (s *Households) Household(ctx context.Context, actor models.Actor, id models.ID) (Details, error) {
	var d Details
	var named bool
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		names, err := s.open(tx, actor, id, &d.Household)
		if err != nil {
			return err
		}
		if d.Village, err = place.VillageByID(tx, d.VillageID, s.db.Clock().Today()); err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		if d.Register, err = registerByID(tx, d.RegisterID); err != nil {
			return err
		}
		if d.Members, err = members(tx, id, names, s.db.Clock().Today()); err != nil {
			return err
		}
		d.HeadName = shown(d.HeadName, names && !headWithheld(d.Members))
		if d.Listed, err = listedOf(tx, id, names && !anyWithheld(d.Members)); err != nil {
			return err
		}
		if d.Merges, err = joinedOf(tx, actor, id, s.db.Clock().Today()); err != nil {
			return err
		}
		d.Events, err = history(tx, id, d.Members, names)
		named = names
		return err
	})
	if err == nil && named {
		err = s.recordNames(ctx, actor, d)
	}
	return d, err
}

// listedOf reads the register's members, for those who may read names.
func listedOf(tx *gorm.DB, id models.ID, names bool) ([]ListedMember, error) {
	list := []ListedMember{}
	if !names {
		return list, nil
	}
	err := tx.Raw("SELECT id, full_name, relation, COALESCE(birth_year, 0) AS birth_year FROM household_members WHERE household_id = ? ORDER BY (relation <> 'head'), name_fold, id LIMIT 60", id).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return list, nil
}

// joinedOf reads the merges that hold with the other household of each.
func joinedOf(tx *gorm.DB, actor models.Actor, id models.ID, today string) ([]Joined, error) {
	merges, err := mergesOf(tx, id)
	if err != nil {
		return nil, err
	}
	list := make([]Joined, len(merges))
	for i, m := range merges {
		other := m.GoneID
		if other == id {
			other = m.KeptID
		}
		h, err := byID(tx, other)
		if err != nil {
			return nil, err
		}
		names, err := namesIn(tx, actor, h.VillageID)
		if err != nil {
			return nil, err
		}
		links, err := members(tx, other, names, today)
		if err != nil {
			return nil, err
		}
		list[i] = Joined{Merge: m, Other: h.ID, OtherCode: h.Code, OtherHead: shown(h.HeadName, names && !headWithheld(links))}
	}
	return list, nil
}

// recordNames puts on record whose names somebody has just been given: once for
// each school that has pupils among the members, and once for a household
// without any.
func (s *Households) recordNames(ctx context.Context, actor models.Actor, d Details) error {
	var persons []models.ID
	for _, m := range d.Members {
		if !m.PersonID.IsZero() {
			persons = append(persons, m.PersonID)
		}
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		schools := []models.ID{}
		if len(persons) > 0 {
			err := tx.Raw("SELECT DISTINCT school_id FROM enrolments WHERE live = 1 AND person_id IN ?", persons).Scan(&schools).Error
			if err != nil {
				return fmt.Errorf("find schools of members: %w", err)
			}
		}
		if len(schools) == 0 {
			schools = []models.ID{{}}
		}
		for _, school := range schools {
			err := audit.Append(tx, actor, audit.Entry{Act: audit.NamesRead, Kind: audit.KindHousehold, Subject: d.ID, School: school,
				Detail: audit.Detail{"members": strconv.Itoa(len(persons))}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// open reads a household that the actor may read and tells whether with names.
func (s *Households) open(tx *gorm.DB, actor models.Actor, id models.ID, h *Household) (names bool, err error) {
	reach, err := models.Allow(actor, models.ActReadHousehold)
	if err != nil {
		return false, err
	}
	if *h, err = byID(tx, id); err != nil {
		return false, err
	}
	ok, err := place.InReach(tx, reach, h.VillageID)
	if err == nil && !ok {
		err = models.NotFound()
	}
	if err != nil {
		return false, err
	}
	return namesIn(tx, actor, h.VillageID)
}

// personNames reads names by id: rooms refer to each other's rows by id, and
// this room may not import people.
func personNames(tx *gorm.DB, persons []models.ID) (map[models.ID]string, error) {
	names := map[models.ID]string{}
	for chunk := range slices.Chunk(persons, partLinks) {
		var found []struct {
			ID       models.ID
			FullName string
		}
		if err := tx.Raw("SELECT id, full_name FROM persons WHERE id IN ?", chunk).Scan(&found).Error; err != nil {
			return nil, fmt.Errorf("read names: %w", err)
		}
		for _, f := range found {
			names[f.ID] = f.FullName
		}
	}
	return names, nil
}
