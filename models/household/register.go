package household

import (
	"context"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/place"
	"nhaso/models/store"
)

// RegisterFile says what a household register is and how to take it.
type RegisterFile struct {
	Source      string // who keeps it, ≤200 characters; shown under every figure
	AsOf        string // civil day of its figures, up to today
	CommuneCode string // for a file without a column of communes; may be empty
	// LocalCodes: the file's household codes are unique in a commune only. They
	// are then kept as "commune code/household code".
	LocalCodes bool
	// MapOn is the civil day whose map the file's commune codes and names are of;
	// default AsOf. The same code can mean one commune before a merger and another
	// after it.
	MapOn string
	// Successors: communes that are gone are read as those they went into.
	Successors bool
	// GoodRows: wrong rows do not stop the others. A household with a wrong row is
	// left out whole.
	GoodRows bool
	DryRun   bool
	MaxBytes int64 // default 200 MB
	// Read is told how many rows were read so far, Progress how many households
	// are written; an error stops the import there. Either may be nil.
	Read     func(rows int) error
	Progress func(done, total int) error
}

// RowError says what is wrong with a row of the file, never quoting it.
type RowError struct {
	Sheet  string // "" for CSV
	Row    int    // as a spreadsheet program numbers it
	Column string // the file's own heading, "" for the whole row
	Reason string // code, translated by the front end
	Hint   string // what it could be instead: public names of places only
	Beside int    // the earlier row of the file that it contradicts, 0 for none
}

// RegisterReport is what an import did, or with a dry run would do. Written is
// false after a dry run and when a row is wrong, unless good rows were asked
// for: then nothing was changed.
type RegisterReport struct {
	DryRun     bool
	Written    bool
	RegisterID models.ID
	Rows       int // rows of the file
	Households int // different households in them
	New        int
	Changed    int // another village, head's name or member
	Unchanged  int
	Missing    int // kept households of the same communes that the file does not have; they stay
	LeftOut    int // households that are not taken because a row of theirs is wrong
	Communes   []CommuneRows
	Replaced   []ReplacedCommune
	Reused     []ReusedCode
	Sample     []SampleRow // the first 20 households; only after a dry run
	ErrorCount int
	Errors     []RowError // the first 1,000
}

// maxErrors is how many row errors a report carries.
const maxErrors = 1000

// ImportRegister reads a household register (CSV or XLSX of size bytes, -1 when
// unknown) and writes it, 500 households a transaction. It is validated whole
// first: a single wrong row, and nothing is written.
//
// Order of writing: the register's own row; households village by village, each
// chunk with its ledger rows; last the communes' source and date and the mark
// that the register is finished. Cut off anywhere, every figure is exact for
// what is written, the old source still stands under it, and the same file
// again writes the rest: rows are known by the register's household code.
// Importing the same file twice changes nothing.
//
// A household that the file puts into another village of its commune moves as
// of AsOf, unless it was moved after that day. Into another commune it does not
// move (reason "code_in_other_commune"): two communes may use the same codes;
// see LocalCodes. Households that the file lacks stay and are counted as
// missing.
//
// The actor needs import_households; villages out of reach are unknown to the
// file. Errors: those of sheet.Stream; Invalid fields "source", "as_of",
// "map_on" and "commune"; Conflict "older_register" when a newer one of a commune was
// imported before. Wrong rows are in the report, not in the error.
func (s *Households) ImportRegister(ctx context.Context, actor models.Actor, f RegisterFile, r io.Reader, size int64) (RegisterReport, error) {
	reach, err := models.Allow(actor, models.ActImportHouseholds)
	if err != nil {
		return RegisterReport{}, err
	}
	if err := f.check(s.db.Clock().Today()); err != nil {
		return RegisterReport{}, err
	}
	in := &intake{file: f, today: s.db.Clock().Today(), byRef: map[string]int32{}, badRefs: map[string]bool{}, communes: map[models.ID]bool{}, headings: map[string]string{}}
	in.rep.DryRun = f.DryRun
	if in.villages, err = loadVillages(s.db.Read(ctx), reach, f, in.today); err != nil {
		return RegisterReport{}, err
	}
	if err := in.read(r, size); err != nil {
		return RegisterReport{}, err
	}
	if err := s.db.Snapshot(ctx, in.compare); err != nil {
		return RegisterReport{}, err
	}
	in.survey()
	if in.rep.ErrorCount > 0 && !f.GoodRows || f.DryRun {
		return in.rep, nil
	}
	if err := s.write(ctx, actor, in); err != nil {
		return in.rep, err
	}
	in.rep.Written = true
	return in.rep, nil
}

func (f *RegisterFile) check(today string) error {
	f.Source = models.Clean(f.Source)
	if f.Source == "" || len([]rune(f.Source)) > 200 {
		return models.InvalidField("source", "required")
	}
	if _, err := models.ParseDay(f.AsOf); err != nil {
		return models.InvalidField("as_of", "invalid_date")
	}
	if f.AsOf > today {
		return models.InvalidField("as_of", "future_date")
	}
	if f.MaxBytes == 0 {
		f.MaxBytes = 200 << 20
	}
	if f.MapOn == "" {
		f.MapOn = f.AsOf
	}
	if _, err := models.ParseDay(f.MapOn); err != nil {
		return models.InvalidField("map_on", "invalid_date")
	}
	return nil
}

// Register is the source under an area's number of households.
type Register struct {
	ID         models.ID
	Source     string
	AsOf       string
	ImportedAt time.Time
	Registers  int // how many different registers an area's communes rest on
}

// registerByID answers nil for the zero ID.
func registerByID(tx *gorm.DB, id models.ID) (*Register, error) {
	return oneRegister(tx.Raw("SELECT id, source, as_of, imported_at, 1 AS registers FROM household_registers WHERE id = ?", id))
}

func oneRegister(q *gorm.DB) (*Register, error) {
	var found []Register
	if err := q.Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("read register: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

// RegisterOf answers the register that an area's number of households rests on,
// nil when none was imported: the commune's own, also for a village, and for a
// province the oldest of its communes' registers. The actor needs
// read_coverage with the area in reach, otherwise NotFound.
func (s *Households) RegisterOf(ctx context.Context, actor models.Actor, area coverage.Area) (*Register, error) {
	var reg *Register
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if _, err := s.coverage.CountsIn(tx, actor, area); err != nil {
			return err
		}
		communes, args := "SELECT id FROM areas WHERE id = ?", []any{area.ID}
		switch area.Level {
		case coverage.LevelVillage:
			commune, _, err := place.VillageCommune(tx, area.ID, s.db.Clock().Today())
			if err != nil {
				return store.Found(err)
			}
			args = []any{commune}
		case coverage.LevelProvince:
			communes = "SELECT id FROM areas WHERE province_id = ? AND level = 'commune'"
		}
		var err error
		reg, err = oneRegister(tx.Raw(`SELECT r.id, r.source, r.as_of, r.imported_at FROM register_areas ra
			JOIN household_registers r ON r.id = ra.register_id WHERE ra.area_id IN (`+communes+`) ORDER BY r.as_of, r.id LIMIT 1`, args...))
		if err != nil || reg == nil {
			return err
		}
		return tx.Raw("SELECT COUNT(DISTINCT register_id) FROM register_areas WHERE area_id IN ("+communes+")", args...).Scan(&reg.Registers).Error
	})
	return reg, err
}
