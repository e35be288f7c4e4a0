package drafts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/bank"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

func newID() models.ID { return models.NewID(time.Now()) }

// world is two schools with a teacher each.
type world struct {
	*Drafts
	t              testing.TB
	db             *store.DB
	own, foreign   models.ID // schools
	teacher, other models.Actor
	principal      models.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &world{Drafts: New(db), t: t, db: db, own: newID(), foreign: newID()}
		for i, school := range []models.ID{w.own, w.foreign} {
			w.exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, ?, ?, ?, 'thcs', ?, ?)",
				school, fmt.Sprint("S", i), fmt.Sprint("THCS ", i), fmt.Sprint("thcs ", i), newID(), clock.Now())
			class := newID()
			w.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', 7, '7A', ?)", class, school, clock.Now())
			actor := models.Actor{Account: newID(), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: class}}}
			if i == 0 {
				w.teacher = actor
			} else {
				w.other = actor
			}
		}
		w.principal = models.Actor{Account: newID(), Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.own}}}
		test(t, w)
	})
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (w *world) count(table string) (n int) {
	w.t.Helper()
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM "+table).Scan(&n).Error)
	return n
}

const file = "::q1::Một?{=a ~b#vì sao}\n\n// [id:q2] [tag:nhaso:use=quiz]\nHai?{=a ~b}\n\nBa?{}\n"

// TestImport: questions go into the teacher's school; the same file twice changes nothing.
func TestImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.Import(ctx, w.teacher, Target{Name: " Tin học  7 "}, "", []byte(file))
		require.NoError(t, err)
		require.Equal(t, bank.GIFT, r.Format)
		require.Equal(t, 2, r.Imported)
		require.Equal(t, []bank.Note{{Where: "line 6", Reason: "type_unsupported", Detail: "essay"}}, r.Skipped)
		require.Equal(t, []bank.Note{{Where: "line 4", Reason: "feedback_missing"}}, r.Notes)

		again, err := w.Import(ctx, w.principal, Target{Name: "tin học 7", SchoolID: w.own}, bank.GIFT, []byte(file))
		require.NoError(t, err)
		require.Equal(t, 0, again.Imported)
		require.Equal(t, 2, again.Unchanged)
		require.Equal(t, r.BankID, again.BankID)
		require.Equal(t, 2, w.count("bank_questions"))

		banks, err := w.Banks(ctx, w.teacher)
		require.NoError(t, err)
		require.Equal(t, []Bank{{ID: r.BankID, Key: "tin-hoc-7", Name: "Tin học 7", SchoolID: &w.own, SchoolName: "THCS 0", Questions: 2, Incomplete: 2, Changeable: true}}, banks)

		list, next, err := w.Questions(ctx, w.teacher, r.BankID, 0, 1)
		require.NoError(t, err)
		require.Equal(t, "q1", list[0].Question.Key)
		require.Contains(t, list[0].Problems, "objective_missing")
		list, next, err = w.Questions(ctx, w.teacher, r.BankID, next, 1)
		require.NoError(t, err)
		require.Equal(t, "q2", list[0].Question.Key)
		require.Zero(t, next)

		require.NoError(t, w.Delete(ctx, w.principal, r.BankID, list[0].ID))
		require.Equal(t, models.KindNotFound, models.KindOf(w.Delete(ctx, w.principal, r.BankID, list[0].ID)))
		require.Equal(t, 1, w.count("bank_questions"))
	})
}

// TestStrangers: a bank of another school is not there; one of the province can be read, without its quiz questions.
func TestStrangers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own, err := w.Import(ctx, w.teacher, Target{Name: "x"}, bank.GIFT, []byte(file))
		require.NoError(t, err)
		shared, err := w.Import(ctx, models.System(), Target{Name: "x"}, bank.GIFT, []byte(file))
		require.NoError(t, err)
		require.NotEqual(t, own.BankID, shared.BankID)
		drafts, _, err := w.Questions(ctx, models.System(), shared.BankID, 0, 10)
		require.NoError(t, err)
		require.Len(t, drafts, 2)

		for name, c := range map[string]struct {
			actor    models.Actor
			bank     models.ID
			sees     int
			exports  int
			withheld int
			deletes  bool
		}{
			"own teacher":             {w.teacher, own.BankID, 2, 1, 1, true},
			"principal":               {w.principal, own.BankID, 2, 1, 1, true},
			"teacher elsewhere":       {w.other, own.BankID, -1, 0, 0, false},
			"administrator":           {models.System(), own.BankID, 2, 2, 0, true},
			"teacher, the province's": {w.teacher, shared.BankID, 1, 1, 0, false},
			"a bank of nobody":        {w.teacher, newID(), -1, 0, 0, false},
		} {
			list, _, err := w.Questions(ctx, c.actor, c.bank, 0, 10)
			content, err2 := w.Content(ctx, c.actor, c.bank)
			if c.sees < 0 {
				require.Equal(t, models.KindNotFound, models.KindOf(err), name)
				require.Equal(t, models.KindNotFound, models.KindOf(err2), name)
				continue
			}
			require.NoError(t, err, name)
			require.NoError(t, err2, name)
			require.Len(t, list, c.sees, name)
			require.Len(t, content.Questions, c.exports, name)
			require.Len(t, content.Withheld, c.withheld, name)
			if !c.deletes {
				require.Equal(t, models.KindNotFound, models.KindOf(w.Delete(ctx, c.actor, c.bank, drafts[0].ID)), name)
			}
		}
		_, err = w.Import(ctx, w.other, Target{Name: "x", SchoolID: w.own}, bank.GIFT, []byte(file))
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = w.Import(ctx, models.System(), Target{Name: "x", SchoolID: newID()}, bank.GIFT, []byte(file))
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		pupil := models.Actor{Person: newID(), Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
		_, err = w.Import(ctx, pupil, Target{Name: "x"}, bank.GIFT, []byte(file))
		require.Equal(t, models.KindForbidden, models.KindOf(err))
		_, err = w.Banks(ctx, pupil)
		require.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}

// TestNothingHalfWritten: what is refused leaves no bank behind.
func TestNothingHalfWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, c := range map[string]struct {
			to     Target
			format bank.Format
			data   string
			code   string
		}{
			"hostile":       {Target{Name: "x"}, bank.Moodle, `<!DOCTYPE q [<!ENTITY a "b">]><quiz/>`, "bank_refused"},
			"no format":     {Target{Name: "x"}, "", "xin chào", "bank_refused"},
			"no questions":  {Target{Name: "x"}, bank.GIFT, "// only words\n", "bank_refused"},
			"no name":       {Target{Name: " "}, bank.GIFT, file, "invalid"},
			"signs as name": {Target{Name: "***"}, bank.GIFT, file, "invalid"},
		} {
			_, err := w.Import(ctx, w.teacher, c.to, c.format, []byte(c.data))
			require.Equal(t, c.code, models.CodeOf(err), name)
			require.Equal(t, models.KindInvalid, models.KindOf(err), name)
		}
		require.Zero(t, w.count("question_banks")+w.count("bank_questions")+w.count("bank_media"))
	})
}

// TestTwoTeachersAtOnce: one bank, each question once, every position once.
func TestTwoTeachersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var text strings.Builder
		for n := range 60 {
			fmt.Fprintf(&text, "Câu %d?{T}\n\n", n)
		}
		var group sync.WaitGroup
		errs := make([]error, 4)
		written := make([]int, 4)
		for n := range errs {
			group.Go(func() {
				r, err := w.Import(ctx, w.teacher, Target{Name: "chung"}, bank.GIFT, []byte(text.String()))
				errs[n], written[n] = err, r.Imported
			})
		}
		group.Wait()
		total := 0
		for n, err := range errs {
			require.NoError(t, err)
			total += written[n]
		}
		require.Equal(t, 60, total)
		require.Equal(t, 1, w.count("question_banks"))
		require.Equal(t, 60, w.count("(SELECT DISTINCT position FROM bank_questions) p"))
	})
}

// TestPicturesTravel: what a course exports with pictures comes back out of a bank as the same file.
func TestPicturesTravel(t *testing.T) {
	catalog, problems := curriculum.Load(curriculum.Content())
	require.NotNil(t, catalog, problems)
	each(t, func(t *testing.T, w *world) {
		c, ok := catalog.Course("self_protection-thcs")
		require.True(t, ok)
		images := map[string]curriculum.Image{}
		for _, i := range c.Images {
			images[i.Src] = i
		}
		for n, f := range []bank.Format{bank.Moodle, bank.QTI3} {
			first, _, err := bank.Write(f, c.Questions, images)
			require.NoError(t, err)
			r, err := w.Import(ctx, models.System(), Target{Name: fmt.Sprint("b", n)}, f, first)
			require.NoError(t, err)
			require.Equal(t, len(c.Questions), r.Imported)
			content, err := w.Content(ctx, models.System(), r.BankID)
			require.NoError(t, err)
			second, _, err := bank.Write(f, content.Questions, content.Images)
			require.NoError(t, err)
			require.Equal(t, string(first), string(second))
		}
		_, err := w.Media(ctx, "0000000000000000.svg")
		require.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

// TestPlayable: what pupils can be given, in the order of the bank; what is for a quiz and what another school has is not.
func TestPlayable(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own, err := w.Import(ctx, w.teacher, Target{Name: "Tin 7"}, bank.GIFT, []byte(file+"\n::q4::Bốn? {T}\n"))
		require.NoError(t, err)
		list, _, err := w.Questions(ctx, w.teacher, own.BankID, 0, 10)
		require.NoError(t, err)
		ids := []models.ID{list[2].ID, list[1].ID, list[0].ID}
		p, err := w.Playable(ctx, w.teacher, own.BankID, ids)
		require.NoError(t, err)
		require.Equal(t, []any{w.own, "Tin 7", 2, "q1", "q4"}, []any{p.SchoolID, p.Name, len(p.Questions), p.Questions[0].Key, p.Questions[1].Key})
		require.Equal(t, []bank.Note{{Where: "q2", Reason: "not_practice"}}, p.Left)
		for name, tt := range map[string]struct {
			actor models.Actor
			ids   []models.ID
			want  string
		}{
			"another school": {w.other, ids, "not_found"}, "nothing": {w.teacher, nil, "body.question_ids required"},
			"unknown": {w.teacher, []models.ID{newID()}, "body.question_ids unknown"}, "twice": {w.teacher, []models.ID{ids[0], ids[0]}, "body.question_ids unknown"},
			"quiz only": {w.teacher, ids[1:2], "body.question_ids nothing_playable"}, "too many": {w.teacher, make([]models.ID, 61), "body.question_ids too_many"},
			"a pupil": {models.Actor{Account: newID(), Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}, ids, "forbidden"},
		} {
			_, err := w.Playable(ctx, tt.actor, own.BankID, tt.ids)
			got := models.CodeOf(err)
			var e *models.Error
			if errors.As(err, &e) && len(e.Fields) > 0 {
				got = e.Fields[0].Location + " " + e.Fields[0].Code
			}
			require.Equal(t, tt.want, got, name)
		}
		shared, err := w.Import(ctx, models.System(), Target{Name: "Tỉnh"}, bank.GIFT, []byte(file))
		require.NoError(t, err)
		of, _, err := w.Questions(ctx, w.other, shared.BankID, 0, 10)
		require.NoError(t, err)
		p, err = w.Playable(ctx, w.other, shared.BankID, []models.ID{of[0].ID})
		require.NoError(t, err)
		require.True(t, p.SchoolID.IsZero())
	})
}

// TestUnplayable goes through the kinds.
func TestUnplayable(t *testing.T) {
	yes := true
	right, wrong := []curriculum.Option{{Correct: true}, {}}, []curriculum.Option{{}, {}}
	for name, tt := range map[string]struct {
		q    curriculum.Question
		want string
	}{
		"single":             {curriculum.Question{Kind: "single", Options: right}, ""},
		"nothing right":      {curriculum.Question{Kind: "multiple", Options: wrong}, "no_answer"},
		"a statement":        {curriculum.Question{Kind: "true_false", Answer: &yes}, ""},
		"wrong reasons only": {curriculum.Question{Kind: "true_false", Answer: &yes, Options: wrong}, "no_answer"},
		"no verdict":         {curriculum.Question{Kind: "true_false"}, "no_answer"},
		"one to order":       {curriculum.Question{Kind: "order", Options: right[:1]}, "no_answer"},
		"match":              {curriculum.Question{Kind: "match", Pairs: []curriculum.Pair{{}}}, ""},
		"message":            {curriculum.Question{Kind: "spot", Message: &curriculum.Message{Parts: []curriculum.Part{{Sign: true}}}}, ""},
		"picture":            {curriculum.Question{Kind: "spot", Spots: []curriculum.Spot{{Sign: true}}}, ""},
		"no sign":            {curriculum.Question{Kind: "spot", Spots: []curriculum.Spot{{}}}, "no_answer"},
		"essay":              {curriculum.Question{Kind: "essay"}, "no_answer"},
	} {
		tt.q.Use = "practice"
		require.Equal(t, tt.want, Unplayable(&tt.q), name)
		tt.q.Use = "quiz"
		require.Equal(t, "not_practice", Unplayable(&tt.q), name)
	}
}
