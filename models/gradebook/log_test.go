package gradebook

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

func TestExportLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, id := context.Background(), func() models.ID { return models.NewID(time.Now()) }
		school, other, class := id(), id(), id()
		exec := func(sql string, args ...any) {
			require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
		}
		for i, s := range []models.ID{school, other} {
			exec(`INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, ?, 'THCS', 'thcs', 'thcs', ?, ?)`,
				s, string(rune('A'+i)), id(), clock.Now())
		}
		exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', 7, '7A', ?)", class, school, clock.Now())
		g := New(db, learning.New(db, learning.Options{Secret: []byte("t")}))
		teacher := models.Actor{Account: id(), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: class}}}
		head := func(at models.ID) models.Actor {
			return models.Actor{Account: id(), Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: at}}}
		}
		first := Made{ID: id(), School: school, Class: class, Kind: KindBoard, Format: "xlsx", Rows: 45, Named: true}
		require.NoError(t, g.Log(ctx, teacher, first))
		require.NoError(t, g.Log(ctx, teacher, first), "a repeat is the same line")
		clock.Add(time.Minute)
		require.NoError(t, g.Log(ctx, teacher, Made{ID: id(), Class: class, Subject: id(), Kind: KindSession, Format: "csv"}), "the school is that of the class")
		require.NoError(t, g.Log(ctx, teacher, Made{ID: id(), School: other, Kind: KindReport, Format: "pdf"}))
		assert.Equal(t, "id_taken", models.CodeOf(g.Log(ctx, head(other), first)))
		assert.Equal(t, models.KindInvalid, models.KindOf(g.Log(ctx, teacher, Made{School: school})))

		list, err := g.Exports(ctx, head(school))
		require.NoError(t, err)
		require.Len(t, list, 2, "of the own school")
		assert.Equal(t, []string{KindSession, KindBoard}, []string{list[0].Kind, list[1].Kind}, "the newest first")
		assert.Equal(t, Export{ID: first.ID, MadeAt: storetest.Start, SchoolName: "THCS", ClassName: "7A", Kind: KindBoard, Format: "xlsx", RowCount: 45, Named: true}, list[1])
		list, err = g.Exports(ctx, models.System())
		require.NoError(t, err)
		assert.Len(t, list, 3)
		lines, _, err := audit.Lines(db.Read(ctx), audit.Filter{Schools: []models.ID{school}, Limit: 9})
		require.NoError(t, err)
		assert.Len(t, lines, 2, "one entry of the record for a line of the log")
		_, err = g.Exports(ctx, teacher)
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}
