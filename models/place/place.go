// Package place knows where things are: areas with validity dates and their
// succession, villages and the communes they belong to, schools and classes.
//
// An area is known by its code and a day, never by its code alone: the reform
// of 1 July 2025 gave 21 codes of old communes to new ones with other names.
package place

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The levels of an area. Districts ended on 1 July 2025 and are kept for old
// files and histories.
const (
	LevelProvince = "province"
	LevelDistrict = "district"
	LevelCommune  = "commune"
)

// Area is one administrative unit as it was from ValidFrom up to, not
// including, ValidTo. A change of name, kind or territory makes a new one.
type Area struct {
	ID         models.ID
	ParentID   models.ID // the district before 1 July 2025, the province since; zero for a province
	ProvinceID models.ID // itself for a province
	Code       string    // of the General Statistics Office, "06652"
	Level      string
	Kind       string // tỉnh, thành phố, thị xã, huyện, phường, thị trấn, xã, đặc khu
	Name       string // "Hà Tu"
	FullName   string // "Phường Hà Tu"
	ValidFrom  string
	ValidTo    string // models.Forever while it lasts
}

// Village is a thôn, bản or khu phố. The state gives them no codes; ours are
// random, "V-7KQM29X".
type Village struct {
	ID          models.ID
	Code        string
	Kind        string // thon, ban, khu_pho
	Name        string
	ValidFrom   string
	ValidTo     string
	CommuneID   models.ID
	CommuneCode string
	CommuneName string
}

// School is one school; Type is thcs, thpt, ptdtnt, lien_cap or gdtx.
type School struct {
	ID        models.ID
	Code      string
	Name      string
	Type      string
	CommuneID models.ID
}

// Class is one class in one school year; Grade is 6 to 12.
type Class struct {
	ID         models.ID
	SchoolID   models.ID
	SchoolYear string // "2026-2027"
	Grade      int
	Name       string // "7A1"
}

// Places is the room's service.
type Places struct {
	db *store.DB
}

// New makes the service.
func New(db *store.DB) *Places { return &Places{db: db} }

// today is the civil day of the service's clock.
func (p *Places) today() string { return p.db.Clock().Today() }

// dayOf answers on, or today when it is empty.
func (p *Places) dayOf(on string) (string, error) {
	if on == "" {
		return p.today(), nil
	}
	return models.ParseDay(on)
}

// dbToday is the civil day of a transaction: its clock is the database's.
func dbToday(tx *gorm.DB) string { return models.Day(tx.NowFunc()) }

// dayBefore is the civil day before an already checked one.
func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}
