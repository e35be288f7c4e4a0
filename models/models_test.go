package models_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func TestIDsAscendAndAreVersion7(t *testing.T) {
	var mu sync.Mutex
	seen := map[models.ID]bool{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			last := ""
			for range 5000 {
				id := models.NewID(start)
				s := id.String()
				if s <= last {
					t.Errorf("%s does not follow %s", s, last)
				}
				if s[14] != '7' || !strings.ContainsRune("89ab", rune(s[19])) {
					t.Errorf("%s is no UUIDv7", s)
				}
				last = s
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	assert.Len(t, seen, 20000)
}

func TestIDText(t *testing.T) {
	id := models.NewID(start)
	b, err := json.Marshal(map[string]models.ID{"id": id, "none": {}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"`+id.String()+`","none":""}`, string(b))
	var back map[string]models.ID
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, id, back["id"])
	for _, bad := range []string{"", "x", strings.Repeat("0", 36), "00000000-0000-0000-0000-000000000000", id.String() + "0", strings.Replace(id.String(), "-", "_", 1), "g" + id.String()[1:]} {
		_, err := models.ParseID(bad)
		assert.Equal(t, "invalid_id", models.CodeOf(err), bad)
	}
}

func TestIDDatabaseValue(t *testing.T) {
	v, err := models.ID{}.Value()
	require.NoError(t, err)
	assert.Nil(t, v, "the zero ID is NULL")
	id := models.NewID(start)
	v, err = id.Value()
	require.NoError(t, err)
	var back models.ID
	require.NoError(t, back.Scan(v))
	assert.Equal(t, id, back)
	assert.Error(t, back.Scan([]byte("short")))
	assert.Error(t, back.Scan(7))
}

func TestDayIsVietnamese(t *testing.T) {
	for _, c := range []struct{ utc, want string }{
		{"2026-11-22T16:59:59Z", "2026-11-22"},
		{"2026-11-22T17:00:00Z", "2026-11-23"},
		{"2026-12-31T17:00:00Z", "2027-01-01"},
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		require.NoError(t, err)
		assert.Equal(t, c.want, models.Day(at), c.utc)
	}
	for _, bad := range []string{"", "23/11/2026", "2026-02-30", "0001-01-01", "2026-1-1"} {
		_, err := models.ParseDay(bad)
		assert.Equal(t, "invalid_date", models.CodeOf(err), bad)
	}
}

func TestCodesCatchEveryMistypedAndSwappedCharacter(t *testing.T) {
	const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	for range 50 {
		code := models.NewCode(9)
		got, err := models.NormalizeCode(" " + strings.ToLower(models.GroupCode(code)) + " ")
		require.NoError(t, err)
		require.Equal(t, code, got)
		for i := range code {
			for _, r := range alphabet {
				if byte(r) == code[i] {
					continue
				}
				_, err := models.NormalizeCode(code[:i] + string(r) + code[i+1:])
				require.Error(t, err, "%s with %c at %d", code, r, i)
			}
			if i+1 < len(code)-1 && code[i] != code[i+1] {
				_, err := models.NormalizeCode(code[:i] + string(code[i+1]) + string(code[i]) + code[i+2:])
				require.Error(t, err, "%s with %d and %d swapped", code, i, i+1)
			}
		}
	}
	for _, bad := range []string{"", "ABC", "0000-0000", "ABCD-EFGH-IJKL", strings.Repeat("A", 99), "Đỗ Anh"} {
		_, err := models.NormalizeCode(bad)
		assert.Equal(t, "invalid_code", models.CodeOf(err), bad)
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"Hải Hoà", "Hải Hòa"},
		{"Phường Hồng Gai", "phuong  hong gai"},
		{"Đặc khu Vân Đồn", "dac khu van don"},
		{"Nguye\u0302\u0303n", "Nguyễn"},
		{" Ba\u00a0Chẽ\u200b", "ba che"},
		{"Uông Bí", "UÔNG BÍ"},
	} {
		assert.Equal(t, models.Fold(c.a), models.Fold(c.b))
	}
	assert.NotEqual(t, models.Fold("Hà Tu"), models.Fold("Hà Tư Thượng"))
}

func TestCleanKeepsOneForm(t *testing.T) {
	assert.Equal(t, "Nguyễn Văn An", models.Clean("\ufeff Nguyễn\tVăn \x00An\r\n"))
	assert.Equal(t, "Nguyễn An", models.Clean("\u202eNgu\u00adyễn\u200b\u200eAn\u2066\u200d"), "what turns a name round is no part of it")
}

func TestNamesSortByGivenNameInVietnameseOrder(t *testing.T) {
	want := []string{"Trần An", "Lê Thị An", "Phạm Ánh", "Đỗ Bình", "Ngô Dũng", "Vũ Đạt", "Bùi Đức", "Hà Ý"}
	// "Lê Thị" sorts before "Trần": put the two in the right order first.
	want[0], want[1] = want[1], want[0]
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(string(models.SortKey(a)), string(models.SortKey(b))) })
	assert.Equal(t, want, got)
	assert.LessOrEqual(t, len(models.SortKey(strings.Repeat("Ư", 500))), 250)
	assert.NotPanics(t, func() { models.SortKey("") })
}

func TestMaskName(t *testing.T) {
	for name, want := range map[string]string{
		"Nguyễn Thị Hồng Ánh": "N. T. H. Ánh", "đỗ an": "Đ. an", "An": "An", "": "",
	} {
		assert.Equal(t, want, models.MaskName(name))
	}
}

func TestErrorsKeepKindAndCode(t *testing.T) {
	cause := errors.New("driver text")
	err := fmt.Errorf("outer: %w", &models.Error{Kind: models.KindConflict, Code: "attempt_open", Err: cause})
	assert.Equal(t, models.KindConflict, models.KindOf(err))
	assert.Equal(t, "attempt_open", models.CodeOf(err))
	assert.ErrorIs(t, err, cause)
	assert.Equal(t, models.KindInternal, models.KindOf(cause))
	assert.Equal(t, "internal", models.CodeOf(cause))
	assert.Empty(t, models.KindOf(nil))
	assert.Contains(t, models.InvalidField("body.name", "required").Error(), "body.name required")
}

func TestAllowNeverWidensAGrant(t *testing.T) {
	class, school, area, person := models.NewID(start), models.NewID(start), models.NewID(start), models.NewID(start)
	for _, c := range []struct {
		name   string
		actor  models.Actor
		action models.Action
		kind   models.Kind
		want   models.Reach
	}{
		{"nobody", models.Actor{}, models.ActReadCoverage, models.KindUnauthenticated, models.Reach{}},
		{"nobody may do public things", models.Actor{}, models.ActPublic, "", models.Reach{}},
		{"pupil learns", actor(person, models.RoleStudent, models.ScopeSelf, models.ID{}), models.ActLearn, "", models.Reach{Self: person}},
		{"pupil reads no coverage", actor(person, models.RoleStudent, models.ScopeSelf, models.ID{}), models.ActReadCoverage, models.KindForbidden, models.Reach{}},
		{"teacher has the class", actor(models.ID{}, models.RoleTeacher, models.ScopeClass, class), models.ActReadClass, "", models.Reach{Classes: []models.ID{class}}},
		{"school admin has the school", actor(models.ID{}, models.RoleSchoolAdmin, models.ScopeSchool, school), models.ActReadClass, "", models.Reach{Schools: []models.ID{school}}},
		{"officer has the area", actor(models.ID{}, models.RoleCommuneOfficer, models.ScopeArea, area), models.ActReadNames, "", models.Reach{Areas: []models.ID{area}}},
		{"department sees no names", actor(models.ID{}, models.RoleDeptOfficer, models.ScopeArea, area), models.ActReadNames, models.KindForbidden, models.Reach{}},
		{"admin everywhere", actor(models.ID{}, models.RoleAdmin, models.ScopeAll, models.ID{}), models.ActOperate, "", models.Reach{All: true}},
		{"staff without a person keep their account", actor(models.ID{}, models.RoleTeacher, models.ScopeClass, class), models.ActOwnAccount, "", models.Reach{}},
		{"unknown action", actor(models.ID{}, models.RoleAdmin, models.ScopeAll, models.ID{}), "fly", models.KindForbidden, models.Reach{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := models.Allow(c.actor, c.action)
			assert.Equal(t, c.kind, models.KindOf(err))
			assert.Equal(t, c.want, got)
		})
	}
}

func actor(person models.ID, role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
	return models.Actor{Account: models.NewID(start), Person: person, Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
}

func TestAccessMatrixGolden(t *testing.T) {
	const file = "testdata/access.golden"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(models.AccessMatrix()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), models.AccessMatrix(), "a permission changed: review it, then run with -update")
}
