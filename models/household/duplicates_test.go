package household_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/store/storetest"
)

// pairs answers the list of the first commune.
func (w *world) pairs(actor models.Actor, state string) []household.Pair {
	page, err := w.homes.Duplicates(ctx, actor, w.communes[0], state, "", 100)
	require.NoError(w.t, err)
	return page.Pairs
}

func refs(pairs []household.Pair) []string {
	list := []string{}
	for _, p := range pairs {
		list = append(list, p.A.Ref+"+"+p.B.Ref)
	}
	return list
}

// twoRegisters imports one file and then another, as two registers.
func (w *world) twoRegisters(first, second string) {
	for i, rows := range []string{first, second} {
		rep, err := w.take(household.RegisterFile{Source: fmt.Sprint("Sổ ", i)}, models.System(), []byte("Mã hộ,Mã thôn,Chủ hộ,Thành viên\n"+rows))
		require.NoError(w.t, err)
		require.Empty(w.t, rep.Errors)
	}
}

func TestDuplicatesFoundDecidedAndKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		here, there := w.code(w.villages[0]), w.code(w.villages[1])
		w.twoRegisters(
			"A,"+here+",Nguyễn Văn Hoà,Nguyễn Thị Bé – con – 2010\nC,"+here+",Lê Thị Lụa,\nE,"+here+",Trần Văn Tám,\nG,"+there+",Đỗ Văn Tư,Đỗ Thị Năm – con – 2012; Đỗ Văn Sáu – con – 2014\n",
			"B,"+here+",Ng. V. Hòa,Nguyễn Thị Bé – con – 2010\nD,"+here+",Lê Thị Nụa,\nF,"+there+",Trần Văn Chín,\nH,"+here+",Đỗ Tư Văn,Đỗ Thị Năm – con – 2012; Đỗ Văn Sáu – con – 2014\n")
		officer := w.officer()
		scan, err := w.homes.FindDuplicates(ctx, officer, w.communes[0])
		require.NoError(t, err)
		require.Equal(t, 8, scan.Households)
		list := w.pairs(officer, household.PairOpen)
		require.Equal(t, scan.Found, len(list))
		require.ElementsMatch(t, []string{"A+B", "C+D", "G+H"}, refs(list))
		require.GreaterOrEqual(t, list[0].Score, list[1].Score)
		for _, p := range list {
			if p.A.Ref == "A" {
				assert.Equal(t, []string{"initials", "same_village", "members:1", "two_registers"}, p.Reasons)
				assert.Equal(t, []string{"Nguyễn Thị Bé (2010)"}, p.A.Members)
			}
		}
		// A decision is kept for good, whatever is found again.
		for range 2 {
			p, err := w.homes.NotDuplicate(ctx, officer, list[2].ID, false)
			require.NoError(t, err)
			require.Equal(t, household.PairNot, p.State)
		}
		_, err = w.homes.FindDuplicates(ctx, officer, w.communes[0])
		require.NoError(t, err)
		require.Len(t, w.pairs(officer, household.PairOpen), 2)
		require.Len(t, w.pairs(officer, household.PairNot), 1)
		_, err = w.homes.NotDuplicate(ctx, officer, list[2].ID, true)
		require.NoError(t, err)
		require.Len(t, w.pairs(officer, household.PairOpen), 3)

		// A merge leaves the list, and comes back to it when it is undone.
		m := w.merge(w.find("external_ref = 'A'"), w.find("external_ref = 'B'"))
		require.Len(t, w.pairs(officer, household.PairOpen), 2)
		merged := w.pairs(officer, household.PairMerged)
		require.Equal(t, []string{"A+B"}, refs(merged))
		require.Equal(t, m.ID, merged[0].MergeID)
		_, err = w.homes.NotDuplicate(ctx, officer, merged[0].ID, false)
		require.Equal(t, "already_merged", models.CodeOf(err))
		_, err = w.homes.UndoMerge(ctx, w.dept(), m.ID, "")
		require.NoError(t, err)
		require.Len(t, w.pairs(officer, household.PairOpen), 3)

		// One that is not alike any more leaves the list.
		w.importRows("Mã hộ,Mã thôn,Chủ hộ\nD," + here + ",Vũ Thị Khác\n")
		_, err = w.homes.FindDuplicates(ctx, officer, w.communes[0])
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"A+B", "G+H"}, refs(w.pairs(officer, household.PairOpen)))
	})
}

func TestDuplicatesAreForThoseWhoReachThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		family := ",Đỗ Văn Tư,Đỗ Thị Năm – con – 2012; Đỗ Văn Sáu – con – 2014\n"
		w.twoRegisters("A,"+w.code(w.villages[0])+family, "B,"+w.code(w.villages[3])+family)
		_, err := w.homes.FindDuplicates(ctx, w.dept(), w.province[0])
		require.NoError(t, err)
		seen, err := w.homes.Duplicates(ctx, w.dept(), w.province[0], household.PairOpen, "", 0)
		require.NoError(t, err)
		require.Len(t, seen.Pairs, 1, "a family on the registers of two communes")
		assert.Equal(t, "Đ. V. Tư", seen.Pairs[0].A.HeadName, "the department reads no names")
		assert.Equal(t, "Đ. T. Năm (2012)", seen.Pairs[0].A.Members[0])
		assert.Empty(t, w.pairs(w.officer(), household.PairOpen), "half of it is beyond the commune")
		_, err = w.homes.NotDuplicate(ctx, w.officer(), seen.Pairs[0].ID, false)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = w.homes.FindDuplicates(ctx, w.officer(), w.communes[1])
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = w.homes.Duplicates(ctx, w.officer(), w.communes[1], household.PairOpen, "", 0)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		_, err = w.homes.FindDuplicates(ctx, w.teacher(), w.communes[0])
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
		_, err = w.homes.Duplicates(ctx, w.dept(), w.province[0], household.PairOpen, "x y", 0)
		assert.Equal(t, "invalid_cursor", models.CodeOf(err))
	})
}

func TestDuplicatesInPagesAndTwoScansAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var first, second strings.Builder
		for i := range 25 {
			name := fmt.Sprintf("Họ%c Tên%c", 'a'+i, 'a'+i)
			fmt.Fprintf(&first, "A%d,%s,%s,\n", i, w.code(w.villages[0]), name)
			fmt.Fprintf(&second, "B%d,%s,%s,\n", i, w.code(w.villages[0]), name)
		}
		w.twoRegisters(first.String(), second.String())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				_, err := w.homes.FindDuplicates(ctx, w.officer(), w.communes[0])
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		seen, cursor, open := map[models.ID]bool{}, "", 0
		for range 4 {
			page, err := w.homes.Duplicates(ctx, w.officer(), w.communes[0], household.PairOpen, cursor, 10)
			require.NoError(t, err)
			open = page.Open
			for _, p := range page.Pairs {
				require.False(t, seen[p.ID])
				seen[p.ID] = true
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		require.Len(t, seen, open)
		require.GreaterOrEqual(t, open, 25)
	})
}

// The search over a province: NHASO_DUPLICATES=100000 measures it.
func TestDuplicatesOfManyHouseholds(t *testing.T) {
	n := 2000
	if s := os.Getenv("NHASO_DUPLICATES"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	w.villages = w.villages[:6] // the second province stays out
	w.tx(func(tx *gorm.DB) error {
		for i := range n / 275 {
			w.village(tx, w.communes[i%2], i%3)
		}
		return nil
	})
	family := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"}
	middle := []string{"Văn", "Thị", "Hữu", "Đức", "Ngọc", "Thanh", "Minh", "Quang", "Xuân", "Thu"}
	given := []string{"An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hoà", "Hùng", "Hương", "Lan", "Linh", "Long", "Mai", "Minh", "Nam", "Nga", "Phong", "Quân", "Sơn", "Tâm", "Thảo", "Thuý", "Trang", "Tuấn", "Vân", "Việt", "Yến"}
	var file bytes.Buffer
	file.WriteString("Mã hộ,Mã thôn,Chủ hộ,Thành viên\n")
	name := func(i int) string {
		return family[i*7%13] + " " + middle[i/13*3%10] + " " + given[i/130*11%30]
	}
	for i := range n {
		v := w.villages[i%len(w.villages)]
		fmt.Fprintf(&file, "Q%d,%s,%s,%s – con – %d; %s – vợ – %d\n", i, w.code(v), name(i*31), name(i*17+5), 1990+i%30, name(i*13+3), 1950+i%40)
	}
	rep, err := w.homes.ImportRegister(ctx, models.System(), household.RegisterFile{Source: "đo", AsOf: "2026-11-01"}, &file, int64(file.Len()))
	require.NoError(t, err)
	require.Equal(t, n, rep.New)
	begin := time.Now()
	scan, err := w.homes.FindDuplicates(ctx, models.System(), w.province[0])
	require.NoError(t, err)
	took := time.Since(begin)
	t.Logf("%d households, %d pairs proposed, %v", scan.Households, scan.Found, took)
	require.Less(t, took, time.Minute)
}
