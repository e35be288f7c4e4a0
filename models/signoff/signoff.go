// Package signoff closes months. A school approves its month, then the commune,
// and the department locks it for the whole province: the figures of every
// school, village, commune and of the province are frozen under one signature.
//
// Figures of a month are stocks at its end: households on the register, known
// and covered; pupils enrolled, those who hold a valid confirmation, skills
// passed. While a month is open its figures follow what is recorded. A locked
// month never changes: a fact that is recorded later counts from the first day
// of the next open month, because that month is the sum of everything known at
// its end, and what it gained is the difference to the frozen figures. Nothing
// is marked on the fact itself, so a lock and a fact of the same moment cannot
// lose it: it is in the frozen sum, or in the next one.
//
// The figures as of a day by real date (coverage.AsOf) stay what they are.
package signoff

import (
	"crypto/ed25519"
	"crypto/sha256"
	"time"

	"nhaso/models"
	"nhaso/models/store"
)

// SignOff answers for months and their locks.
type SignOff struct {
	db    *store.DB
	clock models.Clock
	key   ed25519.PrivateKey
	step  func(name string) // set by tests: stops between two statements of a transaction
}

// New makes the room. The key that signs locked months comes from the secret
// that all copies of the program share.
func New(db *store.DB, secret []byte) *SignOff {
	seed := sha256.Sum256(append([]byte("nhaso sign-off key 1|"), secret...))
	return &SignOff{db: db, clock: db.Clock(), key: ed25519.NewKeyFromSeed(seed[:]), step: func(string) {}}
}

// The kinds of unit, from the top down. Villages are frozen with their commune
// and sign nothing.
const (
	KindProvince = "province"
	KindCommune  = "commune"
	KindVillage  = "village"
	KindSchool   = "school"
)

// Figures are the stocks of one unit at the end of a month. Schools have no
// households and villages no pupils; a commune has both, by where households
// live and where schools stand.
type Figures struct {
	Households int `json:"households"`
	Known      int `json:"known"`
	Covered    int `json:"covered"`
	Pupils     int `json:"pupils"`
	Certified  int `json:"certified"`
	Passes     int `json:"passes"`
}

func (f Figures) plus(o Figures) Figures {
	return Figures{f.Households + o.Households, f.Known + o.Known, f.Covered + o.Covered, f.Pupils + o.Pupils, f.Certified + o.Certified, f.Passes + o.Passes}
}

// Minus is the difference of two figures.
func (f Figures) Minus(o Figures) Figures {
	return Figures{f.Households - o.Households, f.Known - o.Known, f.Covered - o.Covered, f.Pupils - o.Pupils, f.Certified - o.Certified, f.Passes - o.Passes}
}

// Month is a calendar month, "2026-10".
type Month string

// ParseMonth checks a month. The error is Invalid "invalid_month".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 2000 || t.Year() > 9990 {
		return "", models.Invalid("invalid_month")
	}
	return Month(s), nil
}

// monthOf is the month of a civil day.
func monthOf(day string) Month { return Month(day[:7]) }

// first is the month's first civil day.
func (m Month) first() string { return string(m) + "-01" }

// last is the month's last civil day.
func (m Month) last() string { return models.DayBefore(m.next().first()) }

func (m Month) next() Month { return m.add(1) }
func (m Month) prev() Month { return m.add(-1) }

func (m Month) add(months int) Month {
	t, _ := time.Parse("2006-01", string(m)) // checked by ParseMonth
	return Month(t.AddDate(0, months, 0).Format("2006-01"))
}

// end is the instant at which the month is over in Viet Nam.
func (m Month) end() time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, m.next().first(), models.VietNam())
	return t.UTC()
}
