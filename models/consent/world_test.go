package consent_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

// world is two classes of pupils, each with a teacher.
type world struct {
	t       require.TestingT
	db      *store.DB
	clock   *storetest.Clock
	c       *consent.Consents
	classes [2]models.ID
	inClass map[models.ID]models.ID
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

func newWorld(t require.TestingT, db *store.DB, clock *storetest.Clock) *world {
	w := &world{t: t, db: db, clock: clock, inClass: map[models.ID]models.ID{}}
	w.classes = [2]models.ID{w.id(), w.id()}
	w.c = consent.New(db, func(_ *gorm.DB, reach models.Reach, person models.ID) (bool, error) {
		for _, c := range reach.Classes {
			if class, ok := w.inClass[person]; ok && class == c {
				return true, nil
			}
		}
		return false, nil
	})
	return w
}

func (w *world) id() models.ID { return models.NewID(w.clock.Now()) }

// pupil makes a person of the first class; born is "" when not known.
func (w *world) pupil(born string) models.ID {
	id := w.id()
	var day any
	if born != "" {
		day = born
	}
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO persons (id, full_name, name_fold, sort_key, birth_date, created_at, updated_at) VALUES (?,'Trần Văn An','tran van an','x',?,?,?)",
			id, day, w.clock.Now(), w.clock.Now()).Error
	}))
	w.inClass[id] = w.classes[0]
	return id
}

func (w *world) teacher(class int) models.Actor {
	return models.Actor{Account: w.id(), Name: "Cô Lan", Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.classes[class]}}}
}

func (w *world) student(person models.ID) models.Actor {
	return models.Actor{Account: w.id(), Person: person, Name: "Trần Văn An", Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
}

// says is one event of a kind on paper, today.
func (w *world) says(person models.ID, kind, party, act string) consent.NewEvent {
	e := consent.NewEvent{ID: w.id(), PersonID: person, Kind: kind, Party: party, Act: act, TextVersion: 1, Channel: consent.ChannelPaper}
	if party == consent.Guardian {
		e.Relation = "mother"
	}
	return e
}

func (w *world) record(list ...consent.NewEvent) {
	require.NoError(w.t, w.c.Record(ctx, w.teacher(0), list))
}

func (w *world) shown(person models.ID, kind string) bool {
	shown, err := consent.Shown(w.db.Read(ctx), []models.ID{person}, kind, models.Day(w.clock.Now()))
	require.NoError(w.t, err)
	return shown[person]
}

func (w *world) events() int {
	var n int
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM consent_events").Scan(&n).Error)
	return n
}
