package household_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/sheet"
)

func TestHouseholdsWithoutSomebodyOfSchoolAge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.code(w.villages[0])
		w.importRows("Mã hộ,Mã thôn,Họ và tên,Quan hệ,Năm sinh\n" +
			"YOUNG," + v + ",An,chủ hộ,1980\nYOUNG,,Bé,con,2012\n" +
			"OLD," + v + ",Cụ,chủ hộ,1950\nOLD,,Bà,vợ,1955\n" +
			"TINY," + v + ",Dung,chủ hộ,1998\nTINY,,Em,con,2020\n" + // too young for grade 6
			"HALF," + v + ",Giang,chủ hộ,1970\nHALF,,Hoa,con,\n" + // one year is missing
			"PUPIL," + v + ",Kim,chủ hộ,1975\n")
		w.home(w.villages[0], "Không Ai Biết")
		p := w.pupil(0)
		w.tx(func(tx *gorm.DB) error {
			w.exec(tx, "INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?,?,?,?,'2026-2027','2026-09-05','9999-12-31',1)",
				models.NewID(w.clock.Now()), p, w.school, w.classes[0])
			return nil
		})
		w.confirmed(p, w.find("external_ref = 'PUPIL'"))
		grandma := w.pupil(1) // an adult who is certified, by the same chain
		w.inClass[grandma] = w.classes[0]
		w.confirmed(grandma, w.find("external_ref = 'OLD'"))
		w.certify(grandma)

		got, err := w.homes.ByPupils(ctx, w.officer(), w.communes[0])
		require.NoError(t, err)
		require.Equal(t, []household.VillagePupils{{Code: v, Name: "Thôn Khe Cát", Yes: 2, No: 2, NoCovered: 1, Unknown: 2}}, got)
		for answer, want := range map[string]int{household.PupilYes: 2, household.PupilNo: 2, household.PupilUnknown: 2, "": 6} {
			page, err := w.homes.List(ctx, w.officer(), v, household.ListFilter{Pupils: answer})
			require.NoError(t, err)
			assert.Len(t, page.Items, want, answer)
		}
		page, err := w.homes.List(ctx, w.officer(), v, household.ListFilter{Pupils: household.PupilNo, Status: household.StatusUnknown, Query: "dung"})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		_, err = w.homes.List(ctx, w.officer(), v, household.ListFilter{Pupils: "perhaps"})
		assert.Equal(t, models.KindInvalid, models.KindOf(err))
		_, err = w.homes.ByPupils(ctx, w.officer(), w.communes[1])
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = w.homes.ByPupils(ctx, w.teacher(), w.communes[0])
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}

func TestListForTheTeamIsAWorkbook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importRows("Mã hộ,Mã thôn,Họ và tên,Quan hệ,Năm sinh\n" +
			"OLD," + w.code(w.villages[0]) + ",Cụ Già,chủ hộ,1950\nYOUNG," + w.code(w.villages[1]) + ",An,chủ hộ,2012\n")
		w.tx(func(tx *gorm.DB) error { // as registers of before may hold it
			return tx.Exec("UPDATE households SET head_name = '=Cụ Già' WHERE head_name = 'Cụ Già'").Error
		})
		read := func(actor models.Actor, age string) [][]string {
			var file bytes.Buffer
			require.NoError(t, w.homes.ExportByPupils(ctx, actor, w.communes[0], age, &file))
			tables, err := sheet.Read(&file, int64(file.Len()), sheet.Options{HeaderAliases: map[string][]string{"head": {"Chủ hộ"}, "age": {"Người trong tuổi đi học"}}, Required: []string{"head"}})
			require.NoError(t, err)
			var rows [][]string
			for _, r := range tables[0].Rows {
				rows = append(rows, []string{tables[0].Cell(r, "head"), tables[0].Cell(r, "age")})
			}
			return rows
		}
		assert.Equal(t, [][]string{{"=Cụ Già", "Không"}, {"An", "Có"}}, read(w.officer(), ""))
		assert.Equal(t, [][]string{{"=. Già", "Không"}}, read(w.dept(), household.PupilNo), "without the right to names they are masked")
		assert.Equal(t, models.KindNotFound, models.KindOf(w.homes.ExportByPupils(ctx, w.officer(), w.communes[1], "", &bytes.Buffer{})))
		assert.Equal(t, models.KindInvalid, models.KindOf(w.homes.ExportByPupils(ctx, w.officer(), w.communes[0], "x", &bytes.Buffer{})))
	})
}
