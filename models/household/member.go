package household

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/consent"
)

// members reads all links of a household, the live ones first. Persons who are
// not to be named in area lists stay as members without anything that leads to
// them: the household counts as before, because a count names nobody.
func members(tx *gorm.DB, id models.ID, names bool, today string) ([]Member, error) {
	var links []Link
	err := tx.Raw("SELECT "+linkColumns+" FROM household_links l WHERE l.household_id = ? ORDER BY (l.live IS NULL), l.claimed_at, l.id", id).Scan(&links).Error
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	persons := make([]models.ID, len(links))
	for i, l := range links {
		persons[i] = l.PersonID
	}
	live, err := certificate.LivePersons(tx, persons)
	if err != nil {
		return nil, err
	}
	called, err := personNames(tx, persons)
	if err != nil {
		return nil, err
	}
	agreed, err := consent.Shown(tx, persons, consent.AreaNames, today)
	if err != nil {
		return nil, err
	}
	adults, err := adultsAmong(tx, persons)
	if err != nil {
		return nil, err
	}
	list := make([]Member, 0, len(links))
	for _, l := range links {
		cert, certified := live[l.PersonID]
		m := Member{Link: l, Name: shown(called[l.PersonID], names), CertificateCode: cert.Code, Certified: certified, Adult: adults[l.PersonID]}
		if !agreed[l.PersonID] {
			m.Withheld, m.Name, m.CertificateCode, m.PersonID, m.ClaimedBy, m.Reason = true, "", "", models.ID{}, models.ID{}, ""
		}
		list = append(list, m)
	}
	return list, nil
}

// adultsAmong answers which persons are grown-up learners.
func adultsAmong(tx *gorm.DB, persons []models.ID) (map[models.ID]bool, error) {
	adults := map[models.ID]bool{}
	if len(persons) == 0 {
		return adults, nil
	}
	var rows []struct{ PersonID models.ID }
	if err := tx.Raw("SELECT person_id FROM adult_learners WHERE person_id IN ?", persons).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read adults: %w", err)
	}
	for _, r := range rows {
		adults[r.PersonID] = true
	}
	return adults, nil
}

// headWithheld tells whether the head of the household is a pupil who is not
// to be named: the register's name is then that pupil's.
func headWithheld(list []Member) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Relation == "head" && m.Withheld && m.State == Confirmed })
}

// anyWithheld tells whether a live member is not to be named: the register may
// have that pupil under a name of its own.
func anyWithheld(list []Member) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Withheld && m.Live != nil })
}

// HeadHiddenSQL is the condition on households h that a confirmed pupil is the
// head and may not be named to who looks after an area: a head who is a pupil is
// named by consent alone, like any other pupil. today is the civil day.
func HeadHiddenSQL(today string) (where string, args []any) {
	agreed, args := consent.ShownSQL("hl.person_id", consent.AreaNames, today)
	return `EXISTS (SELECT 1 FROM household_links hl WHERE hl.household_id = h.id AND hl.state = ? AND hl.relation = 'head' AND NOT (` + agreed + `))`,
		append([]any{Confirmed}, args...)
}

// event is a line of the history with the link it is about.
type event struct {
	Event  `gorm:"embedded"`
	LinkID models.ID
}

// history reads what happened to a household. A pupil's own claim is written
// under the pupil's name: those who may not read it get neither that nor a
// reason, which is free text.
func history(tx *gorm.DB, id models.ID, list []Member, names bool) ([]Event, error) {
	var rows []event
	err := tx.Raw("SELECT at, kind, actor_name, reason, link_id FROM household_events WHERE household_id = ? ORDER BY at, id", id).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	byLink := make(map[models.ID]Member, len(list))
	for _, m := range list {
		byLink[m.ID] = m
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		out[i] = r.Event
		m, ok := byLink[r.LinkID]
		if !ok || names && !m.Withheld {
			continue
		}
		// Who decided is staff; who claimed or replaced may be the pupil.
		if r.Kind == Claimed && m.ClaimedRole == string(models.RoleStudent) || r.Kind == "replaced" {
			out[i].ActorName = ""
		}
		if m.Withheld {
			out[i].Reason = ""
		}
	}
	return out, nil
}
