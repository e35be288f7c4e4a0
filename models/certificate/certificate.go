package certificate

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The states of a certificate.
const (
	Valid   = "valid"
	Revoked = "revoked"
)

// codeLength gives 31^9 codes: guessing one is hopeless even without the rate
// limit of the public page.
const codeLength = 9

// Certificate is one issued completion certificate. Name, school and class are
// kept as they were on the day of issue.
type Certificate struct {
	ID          models.ID `json:"id"`
	Code        string    `json:"code"`
	PersonID    models.ID `json:"person_id"`
	HolderName  string    `json:"holder_name"`
	SchoolID    models.ID `json:"school_id"`
	SchoolName  string    `json:"school_name"`
	ClassName   string    `json:"class_name"`
	RuleVersion int       `json:"rule_version"`
	IssuedAt    time.Time `json:"issued_at"`
	State       string    `json:"status"` // Valid or Revoked
	Hash        string    `json:"hash"`
	Withheld    bool      `json:"-" gorm:"-"` // name and class were taken off: the holder is not named to whoever asks
}

const certColumns = `c.id, c.code, c.person_id, c.holder_name, c.school_id, c.school_name, c.class_name, c.rule_version, c.issued_at, c.state, c.hash`

// Holder is who a certificate is issued to.
type Holder struct {
	PersonID, SchoolID          models.ID
	Name, SchoolName, ClassName string
}

// digest covers what the paper says and the passes it rests on, not the state.
func (c Certificate) digest(passes []string) string {
	return digest(struct {
		Code, Person, Name, School, SchoolName, Class, At string
		Rule                                              int
		Passes                                            []string
	}{c.Code, c.PersonID.String(), c.HolderName, c.SchoolID.String(), c.SchoolName, c.ClassName, stamp(c.IssuedAt),
		c.RuleVersion, passes})
}

// lowest is the oldest rule among the passes of the rule's skills: the one that
// the certificate names, because it promises no more than its weakest proof.
func lowest(rule Rule, passes map[string]Pass) int {
	version := rule.Version
	for _, skill := range rule.Skills {
		if p, ok := passes[skill]; ok {
			version = min(version, p.RuleVersion)
		}
	}
	return version
}

// passHashes orders the hashes of the rule's passes; complete is false when
// one is missing.
func passHashes(rule Rule, passes map[string]Pass) (hashes []string, complete bool) {
	for _, skill := range rule.Skills {
		p, ok := passes[skill]
		if !ok {
			return nil, false
		}
		hashes = append(hashes, p.Hash)
	}
	return hashes, true
}

// Complete tells whether a person's passes, by skill, have every skill of the
// rule.
func (r Rule) Complete(passes map[string]Pass) bool {
	_, complete := passHashes(r, passes)
	return complete
}

// IssueIfComplete issues the certificate when every skill of the rule is
// passed and the person never had one; it names the lowest rule version among
// its passes; cert is nil while a skill is missing. A
// person who has one keeps it: created is false, and a revoked certificate
// comes back only by ReinstateTx, never by another quiz. It may answer
// store.ErrRetry.
func IssueIfComplete(tx *gorm.DB, rule Rule, h Holder, now time.Time) (cert *Certificate, created bool, err error) {
	passes, err := Passes(tx, h.PersonID)
	if err != nil {
		return nil, false, err
	}
	hashes, complete := passHashes(rule, passes)
	if !complete {
		return nil, false, nil
	}
	if cert, err = latest(tx, h.PersonID); cert != nil || err != nil {
		return cert, false, err
	}
	c := Certificate{
		ID: models.NewID(now), Code: models.NewCode(codeLength), PersonID: h.PersonID, HolderName: models.Clean(h.Name),
		SchoolID: h.SchoolID, SchoolName: models.Clean(h.SchoolName), ClassName: models.Clean(h.ClassName),
		RuleVersion: lowest(rule, passes), IssuedAt: now, State: Valid,
	}
	c.Hash = c.digest(hashes)
	err = tx.Exec(`INSERT INTO certificates (id, code, person_id, holder_name, holder_fold, school_id, school_name, class_name,
		rule_version, issued_at, state, live, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
		c.ID, c.Code, c.PersonID, c.HolderName, cut(models.Fold(c.HolderName), 160), c.SchoolID, c.SchoolName, c.ClassName,
		c.RuleVersion, c.IssuedAt, c.State, c.Hash).Error
	if store.IsDuplicate(err) {
		return nil, false, store.ErrRetry // issued at this moment by another transaction, or the code is taken
	}
	if err != nil {
		return nil, false, err
	}
	if err := record(tx, c, "issued", "", models.System(), now); err != nil {
		return nil, false, err
	}
	return &c, true, nil
}

// Live answers the person's valid certificate, nil when there is none.
func Live(tx *gorm.DB, personID models.ID) (*Certificate, error) {
	return one(tx.Raw("SELECT "+certColumns+" FROM certificates c WHERE c.person_id = ? AND c.live = 1", personID))
}

// LivePersons answers the valid certificates of many persons.
func LivePersons(tx *gorm.DB, ids []models.ID) (map[models.ID]Certificate, error) {
	return byPerson(tx, ids, " AND c.live = 1")
}

// OfPersons answers the last certificate of many persons, valid or revoked.
func OfPersons(tx *gorm.DB, ids []models.ID) (map[models.ID]Certificate, error) {
	return byPerson(tx, ids, " ORDER BY c.issued_at, c.id")
}

func byPerson(tx *gorm.DB, ids []models.ID, tail string) (map[models.ID]Certificate, error) {
	out := make(map[models.ID]Certificate, len(ids))
	err := chunks(ids, func(part []models.ID) error {
		var rows []Certificate
		if err := tx.Raw("SELECT "+certColumns+" FROM certificates c WHERE c.person_id IN ?"+tail, part).Scan(&rows).Error; err != nil {
			return err
		}
		for _, c := range rows {
			out[c.PersonID] = c
		}
		return nil
	})
	return out, err
}

// OfPerson answers the person's last certificate, valid or revoked, nil when
// there never was one.
func OfPerson(tx *gorm.DB, personID models.ID) (*Certificate, error) { return latest(tx, personID) }

func latest(tx *gorm.DB, personID models.ID) (*Certificate, error) {
	return one(tx.Raw("SELECT "+certColumns+" FROM certificates c WHERE c.person_id = ? ORDER BY c.issued_at DESC, c.id DESC LIMIT 1", personID))
}

func one(q *gorm.DB) (*Certificate, error) {
	var rows []Certificate
	if err := q.Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// cut keeps at most n characters, so that a long name cannot fail the insert.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
