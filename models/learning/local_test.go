package learning

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
)

// inCommune puts the test school into a commune of a province.
func (w *world) inCommune(code, province string) (commune models.ID) {
	w.t.Helper()
	p := newID()
	commune = newID()
	for _, a := range []struct {
		id, parent  models.ID
		level, code string
	}{{p, models.ID{}, "province", province}, {commune, p, "commune", code}} {
		w.exec(`INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
			VALUES (?, ?, ?, ?, ?, 'xa', 'X', 'X', 'x', '2025-07-01', '9999-12-31', 'test')`, a.id, a.code, a.parent, p, a.level)
	}
	w.exec("UPDATE schools SET commune_id = ? WHERE id = ?", commune, w.school)
	return commune
}

func pack(key, area, extends, text string) curriculum.Pack {
	p := curriculum.Pack{Key: key, Area: area, Extends: extends, Title: "Gói " + key, TitleEN: "Pack " + key,
		Sources:   []curriculum.Source{{ID: "s1", Title: "Nguồn " + key, Publisher: "Xã", Date: "2026", CheckedOn: "2026-11-20"}},
		Platforms: []curriculum.Platform{{Key: "phan-anh", Name: "Phản ánh " + key, Kind: "app", Purpose: "Báo", How: "Mở", Status: "ask", CheckedOn: "2026-11-20", Source: "s1"}},
		Cards: []curriculum.PackCard{{Course: "local_platforms-thcs", Lesson: "bai-1", At: "after", Card: "the-0",
			Cards: []curriculum.Card{{Key: "noi-" + key, Title: text, HTML: "<p>" + text + "</p>", Text: text, Sources: []string{"s1"}}}}},
		Images: []curriculum.Image{{Src: "feedfeedfeedfeed.svg", Type: "image/svg+xml", Data: []byte("<svg/>")}}}
	p.Hash = digestOf(key + text)
	return p
}

func (w *world) publishPacks(packs ...curriculum.Pack) PublishReport {
	w.t.Helper()
	r, err := w.l.Publish(ctx, models.System(), &curriculum.Catalog{Packs: packs})
	require.NoError(w.t, err)
	return r
}

func TestPlacePacks(t *testing.T) {
	each(t, func(w *world) {
		w.inCommune("06652", "22")
		p := w.pupil(w.class)
		const course = "local_platforms-thcs"
		before, err := w.l.Lesson(ctx, p, course, "bai-1")
		require.NoError(w.t, err)
		require.Len(w.t, before.Cards, 3)

		r := w.publishPacks(pack("tinh", "22", "", "Ở tỉnh"))
		require.Equal(w.t, []string{"tinh"}, r.Packs)
		require.Empty(w.t, w.publishPacks(pack("tinh", "22", "", "Ở tỉnh")).Packs, "publishing again changes nothing")
		province, err := w.l.Lesson(ctx, p, course, "bai-1")
		require.NoError(w.t, err)
		require.Len(w.t, province.Cards, 4)
		require.Equal(w.t, "noi-tinh", province.Cards[1].Key)
		require.Equal(w.t, "Nguồn tinh", province.Cards[1].Sources[0].Title)
		require.NotEqual(w.t, before.Hash, province.Hash, "another ETag")

		w.publishPacks(pack("phuong", "06652", "tinh", "Ở phường"))
		ward, err := w.l.Lesson(ctx, p, course, "bai-1")
		require.NoError(w.t, err)
		require.Len(w.t, ward.Cards, 5, "the ward's pack after the province's that it extends")
		detail, err := w.l.Course(ctx, p, course)
		require.NoError(w.t, err)
		require.Len(w.t, detail.Platforms, 1, "the ward's record replaces the province's")
		require.Equal(w.t, "Phản ánh phuong", detail.Platforms[0].Name)
		require.Equal(w.t, "Gói phuong", detail.PlaceTitle)
		taken, err := w.l.Pack(ctx, p, course)
		require.NoError(w.t, err)
		require.Len(w.t, taken.Lessons[0].Cards, 5, "it is taken along as well")

		for name, who := range map[string]models.Actor{"teacher": w.teacher, "school": {Account: newID(), Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: w.school}}}} {
			l, err := w.l.Lesson(ctx, who, course, "bai-1")
			require.NoError(w.t, err, name)
			require.Len(w.t, l.Cards, 5, name)
		}
		nobody, err := w.l.Lesson(ctx, models.System(), course, "bai-1")
		require.NoError(w.t, err)
		require.Len(w.t, nobody.Cards, 3, "who is nowhere sees the course as it stands")
		other, err := w.l.Course(ctx, p, "online_payment-thcs")
		require.NoError(w.t, err)
		require.Empty(w.t, other.Platforms)

		out, err := w.l.PutProgress(ctx, p, course, "bai-1", Progress{Seq: 1, CardIndex: 4, Done: true})
		require.NoError(w.t, err, "the added cards count as cards")
		require.NotNil(w.t, out.DoneAt)

		packs, err := w.l.PacksList(ctx, models.System())
		require.NoError(w.t, err)
		require.Len(w.t, packs, 2)
		require.Equal(w.t, "tinh", packs[1].Key)
		require.Equal(w.t, PackHead{Key: "phuong", Area: "06652", AreaName: packs[0].AreaName, Title: "Gói phuong", Extends: "tinh", Platforms: 1, Cards: 1,
			CheckedOn: packs[0].CheckedOn, UpdatedAt: w.clock.Now()}, packs[0])
		_, err = w.l.PacksList(ctx, w.teacher)
		require.Equal(w.t, models.KindForbidden, models.KindOf(err))

		require.NoError(w.t, w.l.RemovePack(ctx, models.System(), "phuong"))
		back, err := w.l.Lesson(ctx, p, course, "bai-1")
		require.NoError(w.t, err)
		require.Equal(w.t, province.Hash, back.Hash, "a commune without a pack falls back to its province's")
		require.Equal(w.t, models.KindNotFound, models.KindOf(w.l.RemovePack(ctx, models.System(), "phuong")))
		require.Equal(w.t, models.KindForbidden, models.KindOf(w.l.RemovePack(ctx, w.teacher, "tinh")))
	})
}

// TestPackNeverTouchesTheQuiz: the quiz of a place with a pack is the course's own, and its pass is provable.
func TestPackNeverTouchesTheQuiz(t *testing.T) {
	w := worldOnSQLite(t)
	w.inCommune("06652", "22")
	w.publishPacks(pack("tinh", "22", "", "Ở tỉnh"))
	p := w.pupil(w.class)
	s := w.session("", p)
	w.lessons(p, "local_platforms-thcs")
	res := w.quiz(p, "local_platforms-thcs", s.ID, 10)
	require.NotNil(t, res)
	require.Equal(t, 1, w.count("SELECT COUNT(*) FROM attempts a JOIN courses c ON c.course_key = a.course_key AND c.course_hash = a.course_hash"))
}

func TestWhereIs(t *testing.T) {
	w := worldOnSQLite(t)
	commune := w.inCommune("06652", "22")
	province := w.idOf("SELECT parent_id AS id FROM areas WHERE id = ?", commune)
	for name, tt := range map[string]struct {
		who  models.Actor
		want whereabouts
	}{
		"pupil":          {w.pupil(w.class), whereabouts{"06652", "22"}},
		"teacher":        {w.teacher, whereabouts{"06652", "22"}},
		"ward officer":   {models.Actor{Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: commune}}}, whereabouts{"06652", "22"}},
		"department":     {models.Actor{Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea, At: province}}}, whereabouts{"", "22"}},
		"administrator":  {models.System(), whereabouts{}},
		"former teacher": {w.teacherOf(newID()), whereabouts{}},
	} {
		got, err := whereIs(w.db.Read(ctx), tt.who)
		require.NoError(t, err, name)
		require.Equal(t, tt.want, got, name)
	}
}
