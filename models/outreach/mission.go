package outreach

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/store"
)

// How long a mission waits for its relative, and how many may wait at once.
const (
	missionLives = 30 * 24 * time.Hour
	maxWaiting   = 5
	codeLength   = 7 // and a check character: 31^7 ≈ 2.7·10^10 codes, tried at a pace
)

// The states of a mission.
const (
	Waiting   = "waiting"
	Confirmed = "confirmed"
	Expired   = "expired"
)

// Mission is a pupil's family mission. Counted is false for a confirmation by a
// relative who was counted before: teaching twice is fine, counting twice is
// not.
type Mission struct {
	ID          models.ID  `json:"id"`
	Code        string     `json:"code"` // grouped; empty once confirmed
	CourseKey   string     `json:"course_key"`
	Skill       string     `json:"skill"`
	ScenarioKey string     `json:"scenario_key"`
	State       string     `json:"state"`
	Kinship     string     `json:"kinship"`
	Counted     bool       `json:"counted"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   time.Time  `json:"expires_at"`
	ConfirmedAt *time.Time `json:"confirmed_at"`
}

// NewMission is a mission to begin. ID is made by the pupil's device: a repeat
// answers the same mission.
type NewMission struct {
	ID           models.ID
	CourseKey    string
	Skill        string
	ScenarioKey  string
	ScenarioHash string // the version now published
}

// row is a mission as stored.
type row struct {
	ID, PersonID, FamilyID, ConfirmID                   models.ID
	CourseKey, Skill, ScenarioKey, ScenarioHash, Code   string
	State, Kinship, PinDigest, CheckState, Device, Name string
	RelativeKey                                         *string
	CreatedAt, ExpiresAt                                time.Time
	ConfirmedAt, CheckedAt                              *time.Time
	CheckTries                                          int
}

const columns = `id, person_id, family_id, confirm_id, course_key, skill, scenario_key, scenario_hash, code, state, kinship, pin_digest, check_state,
	device, relative_key, created_at, expires_at, confirmed_at, checked_at, check_tries`

const missionSelect = "SELECT " + columns + " FROM family_missions WHERE "

func rows(q *gorm.DB) ([]row, error) {
	var list []row
	err := q.Scan(&list).Error
	return list, err
}

func (r row) mission(now time.Time) Mission {
	m := Mission{ID: r.ID, CourseKey: r.CourseKey, Skill: r.Skill, ScenarioKey: r.ScenarioKey, State: r.State, Kinship: r.Kinship,
		Counted: r.RelativeKey != nil, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC()}
	switch {
	case r.State == Waiting && !r.ExpiresAt.After(now):
		m.State = Expired
	case r.State == Waiting:
		m.Code = models.GroupCode(r.Code)
	case r.ConfirmedAt != nil:
		at := r.ConfirmedAt.UTC()
		m.ConfirmedAt = &at
	}
	return m
}

// Begin makes a mission with a code for the relative. Errors: NotFound for a
// scenario that is not published; Invalid field body.id; Conflict
// "too_many_waiting" with five missions open; Conflict "id_taken".
func (o *Outreach) Begin(ctx context.Context, actor models.Actor, n NewMission) (Mission, error) {
	person, err := self(actor)
	if err != nil {
		return Mission{}, err
	}
	if n.ID.IsZero() {
		return Mission{}, models.InvalidField("body.id", "required")
	}
	var out Mission
	err = o.db.Tx(ctx, func(tx *gorm.DB) error {
		now := o.clock.Now()
		before, err := rows(tx.Raw(missionSelect+"id = ?", n.ID))
		if err != nil {
			return err
		}
		if len(before) > 0 {
			if before[0].PersonID != person || before[0].ScenarioKey != n.ScenarioKey {
				return models.Conflict("id_taken")
			}
			out = before[0].mission(now)
			return nil
		}
		if _, err := machine(tx, n.CourseKey, n.ScenarioKey, n.ScenarioHash); err != nil {
			return err
		}
		var waiting int
		err = tx.Raw("SELECT COUNT(*) FROM family_missions WHERE person_id = ? AND state = ? AND expires_at > ?", person, Waiting, now).Scan(&waiting).Error
		if err != nil {
			return err
		}
		if waiting >= maxWaiting {
			return models.Conflict("too_many_waiting")
		}
		r := row{ID: n.ID, PersonID: person, CourseKey: n.CourseKey, Skill: n.Skill, ScenarioKey: n.ScenarioKey, ScenarioHash: n.ScenarioHash,
			Code: models.NewCode(codeLength), State: Waiting, CreatedAt: now, ExpiresAt: now.Add(missionLives)}
		out = r.mission(now)
		err = tx.Exec(`INSERT INTO family_missions (id, person_id, course_key, skill, scenario_key, scenario_hash, code, state, created_at, expires_at,
			kinship, pin_digest, device, check_state, check_tries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', 0)`,
			r.ID, r.PersonID, r.CourseKey, r.Skill, r.ScenarioKey, r.ScenarioHash, r.Code, r.State, r.CreatedAt, r.ExpiresAt).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
	return out, err
}

// Mine lists the actor's missions, newest first, at most 100.
func (o *Outreach) Mine(ctx context.Context, actor models.Actor) ([]Mission, error) {
	person, err := self(actor)
	if err != nil {
		return nil, err
	}
	list := []Mission{}
	found, err := rows(o.db.Read(ctx).Raw(missionSelect+"person_id = ? ORDER BY created_at DESC, id DESC LIMIT 100", person))
	for _, r := range found {
		list = append(list, r.mission(o.clock.Now()))
	}
	return list, err
}

// Invitation is what a relative sees under a code: the scenario to be taught
// and nothing about the pupil.
type Invitation struct {
	Skill     string            `json:"skill"`
	Steps     int               `json:"steps"`
	Variant   string            `json:"variant"`
	Scenario  scenario.Scenario `json:"scenario"`
	Kinships  []string          `json:"kinships"`
	ExpiresAt time.Time         `json:"expires_at"`
}

// Invite answers what a code is for. The error is NotFound, the same for a
// wrong code, one that is over and one that was used.
func (o *Outreach) Invite(ctx context.Context, code string) (Invitation, error) {
	r, m, err := o.waiting(ctx, code)
	if err != nil {
		return Invitation{}, err
	}
	return Invitation{Skill: r.Skill, Steps: Steps, Variant: m.PickVariant(r.ID), Scenario: m.ForPlay(), Kinships: Kinships(), ExpiresAt: r.ExpiresAt.UTC()}, nil
}

func (o *Outreach) waiting(ctx context.Context, code string) (row, *scenario.Machine, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return row{}, nil, models.NotFound()
	}
	db := o.db.Read(ctx)
	list, err := rows(db.Raw(missionSelect+"code = ?", code))
	if err != nil {
		return row{}, nil, err
	}
	if len(list) == 0 || list[0].State != Waiting || !list[0].ExpiresAt.After(o.clock.Now()) {
		return row{}, nil, models.NotFound()
	}
	m, err := machine(db, list[0].CourseKey, list[0].ScenarioKey, list[0].ScenarioHash)
	return list[0], m, err
}

// taught counts the different things done in a log that can be replayed. The
// scenario need not have ended: three steps are the lesson.
func taught(m *scenario.Machine, variant string, log []scenario.Entry) (steps int, err error) {
	r, err := m.Replay(variant, scenario.Guided, log)
	if err != nil {
		return 0, err
	}
	done := map[string]bool{}
	for _, s := range r.Steps {
		if s.Do != scenario.Hint && !s.Blocked && !strings.HasPrefix(s.Do, "set.") {
			done[s.Do] = true
		}
	}
	return len(done), nil
}
