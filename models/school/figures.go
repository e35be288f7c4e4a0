package school

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
)

// Figures are what a school's page and its to-do list count. Each "n of n" is
// of Pupils or Classes.
type Figures struct {
	SchoolYear             string `json:"school_year"`
	Classes                int    `json:"classes" doc:"Of this school year."`
	Pupils                 int    `json:"pupils" doc:"Enrolled now, whatever year their class is of."`
	Accounts               int    `json:"accounts" doc:"Pupils with an account."`
	LinksConfirmed         int    `json:"links_confirmed"`
	LinksWaiting           int    `json:"links_waiting" doc:"Claimed and not decided."`
	Certified              int    `json:"certified" doc:"Pupils with a valid \"Giấy xác nhận hoàn thành\"."`
	ClassesWithoutAccounts int    `json:"classes_without_accounts" doc:"Classes with a pupil who has no account."`
	ClassesWithoutTeacher  int    `json:"classes_without_teacher" doc:"Classes of this year with pupils and no homeroom teacher."`
	SessionsThisMonth      int    `json:"sessions_this_month"`
	PastYearPupils         int    `json:"past_year_pupils" doc:"Pupils still in a class of a past year."`
	TransfersWaiting       int    `json:"transfers_waiting" doc:"Requests of other schools for pupils of this one."`
	TransfersOverdue       int    `json:"transfers_overdue" doc:"Of these, waiting for a week."`
	LeaversUnexplained     int    `json:"leavers_unexplained" doc:"Left within a year, nobody said why."`
	DelegationsEnding      int    `json:"delegations_ending" doc:"Delegated roles that end within seven days."`
	StaffNeverIn           int    `json:"staff_never_in" doc:"Staff whose password is still the temporary one."`
	MonthUnsigned          int    `json:"month_unsigned" doc:"1 while last month's figures are not approved and not locked."`
	DaysSinceCheck         int    `json:"days_since_check" doc:"Since the network was measured; 9999 if never."`
}

// never is DaysSinceCheck of a school that was never measured.
const never = 9999

// Overview is a school's front page.
type Overview struct {
	ID      models.ID `json:"id"`
	Name    string    `json:"name"`
	Manages bool      `json:"manages" doc:"The caller may change things, not only read."`
	Figures Figures   `json:"figures"`
}

// Overview answers the figures of a school. The error is NotFound for a school
// out of reach.
func (s *Schools) Overview(ctx context.Context, actor models.Actor, school models.ID) (Overview, error) {
	db := s.db.Read(ctx)
	at, err := people.SchoolFor(db, actor, models.ActReadSchool, school)
	if err != nil {
		return Overview{}, err
	}
	_, denied := people.SchoolFor(db, actor, models.ActManageSchool, school)
	f, err := s.figures(db, school)
	return Overview{ID: school, Name: at.Name, Manages: denied == nil, Figures: f}, err
}

// monthUnsigned counts 1 when the school had pupils at the end of the month
// before the given one and nobody approved it (models/signoff) before a lock.
func monthUnsigned(school models.ID, y int, m time.Month) (query string, args []any) {
	last := time.Date(y, m, 0, 0, 0, 0, 0, time.UTC)
	day, month := last.Format(time.DateOnly), last.Format("2006-01")
	return `SELECT COUNT(*) FROM schools s JOIN areas a ON a.id = s.commune_id WHERE s.id = ?
		AND EXISTS (SELECT 1 FROM enrolments e WHERE e.school_id = s.id AND e.from_date <= ? AND e.to_date > ?)
		AND NOT EXISTS (SELECT 1 FROM signoff_locks k WHERE k.province_id = a.province_id AND k.month >= ? AND k.live = 1)
		AND NOT EXISTS (SELECT 1 FROM signoff_steps t WHERE t.unit_id = s.id AND t.month = ? AND t.kind = 'approved'
			AND t.seq = (SELECT MAX(x.seq) FROM signoff_steps x WHERE x.unit_id = s.id AND x.month = ?))`,
		[]any{school, day, day, month, month, month}
}

// figures counts a school in one statement.
func (s *Schools) figures(db *gorm.DB, school models.ID) (Figures, error) {
	now := s.clock.Now()
	today := models.Day(now)
	year := place.SchoolYear(today)
	f := Figures{SchoolYear: year}
	const mine = "FROM enrolments e WHERE e.school_id = ? AND e.live = 1"
	const ofSchool = "((g.scope_kind = 'school' AND g.scope_id = ?) OR (g.scope_kind = 'class' AND g.scope_id IN (SELECT sc.id FROM school_classes sc WHERE sc.school_id = ?)))"
	staff := []models.Role{models.RoleTeacher, models.RoleModuleTeacher, models.RoleInvigilator, models.RoleHead, models.RoleSchoolAdmin}
	y, m, _ := now.In(models.VietNam()).Date()
	monthBegins := time.Date(y, m, 1, 0, 0, 0, 0, models.VietNam()).UTC()
	counts := []struct {
		name, query string
		args        []any
	}{
		{"classes", "SELECT COUNT(*) FROM school_classes WHERE school_id = ? AND school_year = ?", []any{school, year}},
		{"pupils", "SELECT COUNT(*) " + mine, []any{school}},
		{"accounts", "SELECT COUNT(*) " + mine + " AND EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = e.person_id)", []any{school}},
		{"links_confirmed", "SELECT COUNT(*) " + mine + " AND EXISTS (SELECT 1 FROM household_links l WHERE l.person_id = e.person_id AND l.live = 1 AND l.state = 'confirmed')", []any{school}},
		{"links_waiting", "SELECT COUNT(*) " + mine + " AND EXISTS (SELECT 1 FROM household_links l WHERE l.person_id = e.person_id AND l.live = 1 AND l.state = 'claimed')", []any{school}},
		{"certified", "SELECT COUNT(*) " + mine + " AND EXISTS (SELECT 1 FROM certificates c WHERE c.person_id = e.person_id AND c.live = 1)", []any{school}},
		{"classes_without_accounts", "SELECT COUNT(DISTINCT e.class_id) " + mine + " AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = e.person_id)", []any{school}},
		{"classes_without_teacher", "SELECT COUNT(DISTINCT e.class_id) " + mine + " AND e.school_year = ? AND NOT EXISTS (SELECT 1 FROM account_grants g WHERE g.scope_id = e.class_id" +
			" AND g.role = 'teacher' AND g.to_date > ?)", []any{school, year, today}},
		{"sessions_this_month", "SELECT COUNT(*) FROM lesson_sessions s JOIN school_classes c ON c.id = s.class_id WHERE c.school_id = ? AND s.opened_at >= ?",
			[]any{school, monthBegins}},
		{"past_year_pupils", "SELECT COUNT(*) " + mine + " AND e.school_year < ?", []any{school, year}},
		{"transfers_waiting", "SELECT COUNT(*) FROM school_transfers WHERE from_school = ? AND kind = 'ask' AND state = 'asked' AND lapses_at > ?", []any{school, now}},
		{"transfers_overdue", "SELECT COUNT(*) FROM school_transfers WHERE from_school = ? AND kind = 'ask' AND state = 'asked' AND lapses_at > ? AND asked_at <= ?",
			[]any{school, now, now.Add(-remindAfter)}},
		{"leavers_unexplained", "SELECT COUNT(*)" + leaverTables + " AND l.id IS NULL", []any{school, models.Day(now.AddDate(-1, 0, 0))}},
		{"delegations_ending", "SELECT COUNT(*) FROM account_grants g WHERE g.to_date > ? AND g.to_date <= ? AND g.role IN ? AND " + ofSchool,
			[]any{today, models.Day(now.AddDate(0, 0, 7)), staff, school, school}},
		{"staff_never_in", "SELECT COUNT(DISTINCT a.id) FROM accounts a JOIN account_grants g ON g.account_id = a.id WHERE a.state = 'active' AND a.must_change = 1" +
			" AND g.to_date > ? AND g.role IN ? AND " + ofSchool, []any{today, staff, school, school}},
	}
	query, queryArgs := monthUnsigned(school, y, m)
	counts = append(counts, struct {
		name, query string
		args        []any
	}{"month_unsigned", query, queryArgs})
	parts, args := make([]string, len(counts)), []any{}
	for i, c := range counts {
		parts[i] = "(" + c.query + ") AS " + c.name
		args = append(args, c.args...)
	}
	if err := db.Raw("SELECT "+strings.Join(parts, ", "), args...).Scan(&f).Error; err != nil {
		return Figures{}, err
	}
	f.SchoolYear = year
	var err error
	f.DaysSinceCheck, err = daysSinceCheck(db, school, now)
	return f, err
}
