package classroom

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
)

// The states of a pupil's work, the most urgent first.
const (
	PupilPhone   = "phone"   // their device may still hold answers: keep it here
	PupilWaiting = "waiting" // on this laptop, not home yet
	PupilNever   = "never"   // nothing of theirs was ever on this laptop
	PupilSafe    = "safe"    // home, by the server's signed word
)

var pupilStates = []string{PupilPhone, PupilWaiting, PupilNever, PupilSafe}

// Here is what the laptop shows to anybody in the room. Away is false on a
// server that is not a classroom laptop, and nothing else is set there.
type Here struct {
	Away      bool          `json:"away"`
	Ready     bool          `json:"ready"` // a class pack is loaded
	Enrolled  bool          `json:"enrolled"`
	Name      string        `json:"name"`
	School    string        `json:"school"`
	Classes   []LaptopClass `json:"classes"`
	Addresses []string      `json:"addresses"` // of this laptop in the room's network
	Pupils    int           `json:"pupils"`
	Connected int           `json:"connected"` // pupils who signed in here in the last four hours
	ExpiresAt *time.Time    `json:"expires_at"`
	Behind    int64         `json:"behind"` // seconds by which this laptop's clock is at least behind
}

// PupilState is one pupil's work.
type PupilState struct {
	PersonID models.ID  `json:"person_id"`
	Name     string     `json:"name"`
	Class    string     `json:"class"`
	State    string     `json:"state"`
	Why      string     `json:"why"`     // of phone: open_quiz, late_answers
	LastAt   *time.Time `json:"last_at"` // of their last result on this laptop
}

// Status is how safe the work of the laptop's pupils is.
type Status struct {
	Total      int            `json:"total"`
	Safe       int            `json:"safe"`
	Counts     map[string]int `json:"counts"` // by state
	Pupils     []PupilState   `json:"pupils"` // the most urgent first
	Unsealed   int            `json:"unsealed"`
	Batches    int            `json:"batches"` // waiting
	Skipped    []Skip         `json:"skipped"` // what the server could not take, of the last batches
	LastSafeAt *time.Time     `json:"last_safe_at"`
	LastTryAt  *time.Time     `json:"last_try_at"`
	Failed     string         `json:"failed"`  // code of the last failed try, empty: none
	Refused    string         `json:"refused"` // code of a refusal that needs somebody
	Server     string         `json:"server"`  // empty: by file only
	At         time.Time      `json:"at"`
}

// HereOn answers what the laptop is, for everybody in the room.
func (c *Classroom) HereOn(ctx context.Context, addresses []string) (Here, error) {
	h := Here{Away: true, Addresses: addresses, Classes: []LaptopClass{}}
	me, err := readSelf(c.db.Read(ctx))
	if err != nil || me == nil {
		return h, err
	}
	h.Enrolled, h.Ready, h.Name, h.School, h.ExpiresAt, h.Behind = !me.Laptop.IsZero(), me.PackAt != nil, me.Name, me.School, me.ExpiresAt, me.Behind
	h.Classes = append(h.Classes, me.Classes...)
	db := c.db.Read(ctx)
	if err := db.Raw("SELECT COUNT(*) FROM enrolments WHERE live = 1").Scan(&h.Pupils).Error; err != nil {
		return h, err
	}
	err = db.Raw(`SELECT COUNT(DISTINCT t.account_id) FROM refresh_tokens t JOIN accounts a ON a.id = t.account_id
		JOIN enrolments e ON e.person_id = a.person_id AND e.live = 1 WHERE t.issued_at > ? AND t.revoked_at IS NULL`,
		c.clock.Now().Add(-4*time.Hour)).Scan(&h.Connected).Error
	return h, err
}

// Status answers how safe the pupils' work is, for those of the actor's reach.
func (c *Classroom) Status(ctx context.Context, actor models.Actor) (Status, error) {
	reach, err := models.Allow(actor, models.ActKeepLaptop)
	if err != nil {
		return Status{}, err
	}
	me, err := c.self(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Counts: map[string]int{}, Pupils: []PupilState{}, Skipped: []Skip{}, Refused: me.Refused, Server: me.Server, At: c.clock.Now()}
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		pupils, err := roll(tx, reach)
		if err != nil {
			return err
		}
		work, err := c.workOf(tx)
		if err != nil {
			return err
		}
		s.Unsealed = work.unsealed
		for _, p := range pupils {
			work.judge(&p)
			s.Counts[p.State]++
			s.Pupils = append(s.Pupils, p)
		}
		return outboxFigures(tx, &s)
	})
	s.Total, s.Safe = len(s.Pupils), s.Counts[PupilSafe]
	slices.SortStableFunc(s.Pupils, func(a, b PupilState) int {
		return slices.Index(pupilStates, a.State) - slices.Index(pupilStates, b.State)
	})
	c.line.Lock()
	defer c.line.Unlock()
	s.Failed = c.line.failed
	if !c.line.lastTry.IsZero() {
		at := c.line.lastTry
		s.LastTryAt = &at
	}
	return s, err
}

// roll lists the pupils of the loaded classes by class and given name.
func roll(tx *gorm.DB, reach models.Reach) ([]PupilState, error) {
	sql := `SELECT p.id AS person_id, p.full_name AS name, c.name AS class FROM enrolments e JOIN persons p ON p.id = e.person_id
		JOIN school_classes c ON c.id = e.class_id WHERE e.live = 1`
	var args []any
	if !reach.All {
		sql += " AND (1 = 0"
		if len(reach.Classes) > 0 {
			sql, args = sql+" OR e.class_id IN ?", append(args, reach.Classes)
		}
		if len(reach.Schools) > 0 {
			sql, args = sql+" OR e.school_id IN ?", append(args, reach.Schools)
		}
		sql += ")"
	}
	var rows []PupilState
	err := tx.Raw(sql+" ORDER BY c.name, p.sort_key, p.id", args...).Scan(&rows).Error
	return rows, err
}

// work is what is known of every pupil's results.
type work struct {
	unsealed int
	last     map[models.ID]time.Time
	waiting  map[models.ID]bool
	out      map[models.ID]string
}

func (c *Classroom) workOf(tx *gorm.DB) (work, error) {
	w := work{last: map[models.ID]time.Time{}, waiting: map[models.ID]bool{}}
	marks, err := learning.FactMarks(tx)
	if err != nil {
		return w, err
	}
	var sent []struct {
		Kind, FactKey, Mark string
		Seq                 int64
	}
	if err := tx.Raw("SELECT kind, fact_key, mark, seq FROM classroom_sent").Scan(&sent).Error; err != nil {
		return w, err
	}
	type carried struct {
		mark string
		seq  int64
	}
	in := make(map[string]carried, len(sent))
	for _, r := range sent {
		in[r.Kind+" "+r.FactKey] = carried{r.Mark, r.Seq}
	}
	var acked int64
	if err := tx.Raw("SELECT COALESCE(MAX(seq), 0) FROM classroom_outbox WHERE acked_at IS NOT NULL").Scan(&acked).Error; err != nil {
		return w, err
	}
	for _, m := range marks {
		s, known := in[m.Kind+" "+m.Key]
		if !known || s.mark != m.Mark {
			w.unsealed++
		}
		if known && s.seq == 0 && s.mark == m.Mark || m.Person.IsZero() {
			continue // came with the class pack, or is nobody's
		}
		if m.At.After(w.last[m.Person]) {
			w.last[m.Person] = m.At.UTC()
		}
		if !known || s.mark != m.Mark || s.seq > acked {
			w.waiting[m.Person] = true
		}
	}
	w.out, err = learning.StillOut(tx, c.clock.Now())
	return w, err
}

func (w work) judge(p *PupilState) {
	if at, ok := w.last[p.PersonID]; ok {
		p.LastAt = &at
	}
	p.Why = w.out[p.PersonID]
	switch {
	case p.Why != "":
		p.State = PupilPhone
	case w.waiting[p.PersonID]:
		p.State = PupilWaiting
	case p.LastAt == nil:
		p.State = PupilNever
	default:
		p.State = PupilSafe
	}
}

// outboxFigures counts what waits and reads what the server left out lately.
func outboxFigures(tx *gorm.DB, s *Status) error {
	if err := tx.Raw("SELECT COUNT(*) FROM classroom_outbox WHERE acked_at IS NULL").Scan(&s.Batches).Error; err != nil {
		return err
	}
	var last []struct {
		AckedAt time.Time
		Skipped *string
	}
	err := tx.Raw("SELECT acked_at, skipped FROM classroom_outbox WHERE acked_at IS NOT NULL ORDER BY acked_at DESC, seq DESC LIMIT 20").Scan(&last).Error
	for i, r := range last {
		if i == 0 {
			at := r.AckedAt.UTC()
			s.LastSafeAt = &at
		}
		var skips []Skip
		if r.Skipped != nil && json.Unmarshal([]byte(*r.Skipped), &skips) == nil {
			s.Skipped = append(s.Skipped, skips...)
		}
	}
	return err
}
