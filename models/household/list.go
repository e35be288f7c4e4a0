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
	"nhaso/models/place"
)

// ListFilter narrows the list of a village's households.
type ListFilter struct {
	Status string // StatusCovered, StatusNotCovered, StatusUnknown or "" for all
	Pupils string // whether somebody of school age lives there: PupilYes, PupilNo, PupilUnknown, or "" for all
	Query  string // part of the head's name, or the beginning of a code
	Cursor string // of the page before
	Limit  int    // 1..200, default 50
}

// Item is one line of a list of households.
type Item struct {
	ID               models.ID
	Code             string
	HeadName         string // masked unless the actor may read names there
	Masked           bool
	Status           string
	MembersConfirmed int
	Certified        int
	CoveredAt        *time.Time
}

// Page is a part of a list; Next is "" on the last one.
type Page struct {
	Items []Item
	Next  string
}

// List answers the households of a village by the head's given name. The actor
// needs read_household with the village in reach, otherwise NotFound; without
// read_names there the heads' names are masked, and are not searched either.
// Errors: Invalid "invalid_cursor", fields "query.status" and "query.pupils".
func (s *Households) List(ctx context.Context, actor models.Actor, villageCode string, f ListFilter) (Page, error) {
	reach, err := models.Allow(actor, models.ActReadHousehold)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: []Item{}}
	var village models.ID
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if village, err = villageInReach(tx, reach, villageCode); err != nil {
			return err
		}
		names, err := namesIn(tx, actor, village)
		if err != nil {
			return err
		}
		rows, next, err := f.read(tx, village, names, s.db.Clock().Today())
		if err != nil {
			return err
		}
		page.Next = next
		page.Items, err = items(tx, rows, names)
		return err
	})
	if err == nil && slices.ContainsFunc(page.Items, func(i Item) bool { return !i.Masked }) {
		err = audit.NamesListed(ctx, s.db, actor, audit.ListHouseholds, audit.Entry{Kind: audit.KindVillage, Subject: village})
	}
	if err != nil {
		return Page{}, err
	}
	return page, nil
}

// villageInReach finds a village by its code, also one that is closed but still
// has households. The error is NotFound.
func villageInReach(tx *gorm.DB, reach models.Reach, code string) (models.ID, error) {
	code, err := place.NormalizeVillageCode(code)
	if err != nil {
		return models.ID{}, models.NotFound()
	}
	var v mergedVillage
	if err := tx.Raw("SELECT id FROM villages WHERE code = ?", code).Scan(&v).Error; err != nil {
		return models.ID{}, fmt.Errorf("read village: %w", err)
	}
	ok, err := place.InReach(tx, reach, v.ID)
	if err == nil && (!ok || v.ID.IsZero()) {
		err = models.NotFound()
	}
	return v.ID, err
}

// namesIn tells whether the actor may read names in a village.
func namesIn(tx *gorm.DB, actor models.Actor, village models.ID) (bool, error) {
	reach, err := models.Allow(actor, models.ActReadNames)
	if err != nil {
		return false, nil // no role of the actor has it: the names are masked
	}
	return place.InReach(tx, reach, village)
}

// listed is a household with what the order needs.
type listed struct {
	Household  Household `gorm:"embedded"`
	HeadSort   string
	HeadHidden int // 1: the head is a pupil who is not to be named
}

// read reads one page and answers the cursor of the next.
func (f ListFilter) read(tx *gorm.DB, village models.ID, names bool, today string) ([]listed, string, error) {
	limit := f.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	hidden, hiddenArgs := HeadHiddenSQL(today)
	where, args := "h.village_id = ? AND h.state = ?", []any{village, StateActive}
	switch f.Status {
	case "":
	case StatusCovered:
		where += " AND h.covered = 1"
	case StatusNotCovered:
		where += " AND h.known = 1 AND h.covered = 0"
	case StatusUnknown:
		where += " AND h.known = 0"
	default:
		return nil, "", models.InvalidField("query.status", "unknown_status")
	}
	if f.Pupils != "" {
		in, inArgs, err := byPupils(f.Pupils, today)
		if err != nil {
			return nil, "", err
		}
		where, args = where+in, append(args, inArgs...)
	}
	if q := models.Fold(f.Query); q != "" {
		code := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(q))
		if names {
			// A head who is a pupil and not to be named is not found by name either.
			where, args = where+" AND (h.head_fold LIKE ? ESCAPE '!' AND NOT "+hidden+" OR h.code LIKE ? ESCAPE '!')", append(append(append(args, "%"+like(q)+"%"), hiddenArgs...), like(code)+"%")
		} else {
			where, args = where+" AND h.code LIKE ? ESCAPE '!'", append(args, like(code)+"%")
		}
	}
	if f.Cursor != "" {
		sort, id, err := readCursor(tx, f.Cursor)
		if err != nil {
			return nil, "", err
		}
		where, args = where+" AND (h.head_sort > ? OR (h.head_sort = ? AND h.id > ?))", append(args, sort, sort, id)
	}
	var rows []listed
	err := tx.Raw("SELECT "+householdColumns+", h.head_sort, CASE WHEN "+hidden+" THEN 1 ELSE 0 END AS head_hidden FROM households h WHERE "+where+" ORDER BY h.head_sort, h.id LIMIT ?",
		append(append(hiddenArgs, args...), limit+1)...).Scan(&rows).Error
	if err != nil {
		return nil, "", fmt.Errorf("list households: %w", err)
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	rows = rows[:limit]
	return rows, rows[limit-1].Household.ID.String(), nil
}

// like escapes what LIKE takes for a pattern.
func like(s string) string { return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) }

// readCursor finds where the page before ended. A cursor is the id of its last
// household and nothing else: it stands in addresses and logs, where a head's
// name must not.
func readCursor(tx *gorm.DB, cursor string) (string, models.ID, error) {
	id, err := models.ParseID(cursor)
	if err != nil {
		return "", models.ID{}, models.Invalid("invalid_cursor")
	}
	var last struct{ HeadSort *string }
	if err := tx.Raw("SELECT head_sort FROM households WHERE id = ?", id).Scan(&last).Error; err != nil {
		return "", models.ID{}, fmt.Errorf("read cursor: %w", err)
	}
	if last.HeadSort == nil {
		return "", models.ID{}, models.Invalid("invalid_cursor")
	}
	return *last.HeadSort, id, nil
}

// items adds to households how many members are confirmed and certified.
func items(tx *gorm.DB, rows []listed, names bool) ([]Item, error) {
	list := make([]Item, 0, len(rows))
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Household.ID
	}
	links, err := confirmedOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var persons []models.ID
	for _, l := range links {
		persons = append(persons, l.PersonID)
	}
	live, err := certificate.LivePersons(tx, persons)
	if err != nil {
		return nil, err
	}
	members, certified := map[models.ID]int{}, map[models.ID]int{}
	for _, l := range links {
		members[l.HouseholdID]++
		if _, ok := live[l.PersonID]; ok {
			certified[l.HouseholdID]++
		}
	}
	for _, r := range rows {
		h := r.Household
		list = append(list, Item{
			ID: h.ID, Code: h.Code, HeadName: shown(h.HeadName, names && r.HeadHidden == 0), Masked: !names || r.HeadHidden == 1, Status: h.Status(),
			MembersConfirmed: members[h.ID], Certified: certified[h.ID], CoveredAt: h.CoveredAt,
		})
	}
	return list, nil
}

// shown is a name, or its mask for those who may not read it.
func shown(name string, names bool) string {
	if names {
		return name
	}
	return models.MaskName(name)
}

func confirmedOf(tx *gorm.DB, households []models.ID) ([]Link, error) {
	if len(households) == 0 {
		return nil, nil
	}
	var links []Link
	err := tx.Raw("SELECT "+linkColumns+" FROM household_links l WHERE l.household_id IN ? AND l.state = ?", households, Confirmed).Scan(&links).Error
	if err != nil {
		return nil, fmt.Errorf("read confirmed links: %w", err)
	}
	return links, nil
}

// Candidates answers households that a pupil of a class may belong to: those of
// the commune of the class's school whose head's name or code holds the query
// (≥2 letters), at most 20, names masked unless the actor may read them. The
// actor needs decide_link with the class in reach, otherwise NotFound.
func (s *Households) Candidates(ctx context.Context, actor models.Actor, classID models.ID, query string) ([]Candidate, error) {
	reach, err := models.Allow(actor, models.ActDecideLink)
	if err != nil {
		return nil, err
	}
	q := models.Fold(query)
	if len([]rune(q)) < 2 {
		return nil, models.InvalidField("query.q", "too_short")
	}
	list, whole := []Candidate{}, false
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		ok, err := place.ClassInReach(tx, reach, classID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		code := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(q))
		today := s.db.Clock().Today()
		err = tx.Raw(`SELECT h.id, h.code, h.head_name, h.village_id, v.kind AS village_kind, v.name AS village_name FROM households h JOIN villages v ON v.id = h.village_id
			JOIN village_communes vc ON vc.village_id = v.id AND vc.valid_from <= ? AND vc.valid_to > ?
			JOIN schools s ON s.commune_id = vc.commune_id JOIN school_classes c ON c.school_id = s.id
			WHERE c.id = ? AND h.state = ? AND (h.head_fold LIKE ? ESCAPE '!' OR h.code LIKE ? ESCAPE '!')
			ORDER BY h.head_sort, h.id LIMIT 20`, today, today, classID, StateActive, "%"+like(q)+"%", like(code)+"%").Scan(&list).Error
		if err != nil {
			return fmt.Errorf("find households: %w", err)
		}
		for i := range list {
			names, err := namesIn(tx, actor, list[i].VillageID)
			if err != nil {
				return err
			}
			list[i].HeadName = shown(list[i].HeadName, names)
			whole = whole || names
		}
		return nil
	})
	if err == nil && whole {
		err = audit.NamesListed(ctx, s.db, actor, audit.ListCandidates, audit.Entry{Kind: audit.KindClass, Subject: classID})
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Candidate is one household that a claim may mean.
type Candidate struct {
	ID          models.ID
	Code        string
	HeadName    string
	VillageID   models.ID
	VillageKind string
	VillageName string
}
