package people

import "nhaso/models/sheet"

// ReadRosterRow lets the fuzz test read one row as an import does.
func ReadRosterRow(t *sheet.Table, row sheet.Row, today, school string) (code, name, birth, gender, class, schoolCode string, grade int, errs []RowError) {
	r, wrong := rosterReader{today: today, school: school}.read(t, row)
	for _, w := range wrong {
		errs = append(errs, w.at.err(w.column, w.reason))
	}
	return r.code, r.name, r.birth, r.gender, r.class, r.schoolCode, r.grade, errs
}

// WeakPIN and NewClassSecret let tests look at what is drawn.
var (
	WeakPIN        = weakPIN
	NewClassSecret = newClassSecret
)
