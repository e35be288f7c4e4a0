package people_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/store/storetest"
)

var start = storetest.Start

func TestCreateAccount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.account("co.lan", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]), grant(models.RoleTeacher, models.ScopeClass, w.class[0][1]))
		got, err := people.AccountByID(w.db.Read(ctx), a.ID)
		require.NoError(t, err)
		assert.Equal(t, a, got)
		assert.Equal(t, people.AccountActive, got.State)
		assert.Equal(t, "vi", got.Locale)
		assert.Zero(t, w.count("accounts", "secret_hash LIKE ?", "%"+password+"%"))
		_, err = people.AccountByID(w.db.Read(ctx), w.id())
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

func TestMadeUsernamesAreUniqueUnderConcurrency(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 8
		var wg sync.WaitGroup
		var mu sync.Mutex
		var names []string
		for range n {
			wg.Go(func() {
				a, err := w.people.CreateAccount(ctx, w.admin, people.NewAccount{
					DisplayName: "Nguyễn Văn An", Password: password, Grants: []models.Grant{grant(models.RoleTeacher, models.ScopeSchool, w.school[0])},
				})
				if assert.NoError(t, err) {
					mu.Lock()
					names = append(names, a.Username)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(names)
		assert.Equal(t, []string{"nguyenvanan", "nguyenvanan2", "nguyenvanan3", "nguyenvanan4", "nguyenvanan5", "nguyenvanan6", "nguyenvanan7", "nguyenvanan8"}, names)
	})
}

// refusal is an account that must not come into being, and why.
type refusal struct {
	name  string
	actor models.Actor
	edit  func(n *people.NewAccount)
	kind  models.Kind
	says  string
}

func teaches(scope models.ScopeKind, at models.ID) []models.Grant {
	return []models.Grant{grant(models.RoleTeacher, scope, at)}
}

func TestCreateAccountRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an, binh := w.pupil("Lê An", w.class[0][0]), w.pupil("Lê Bình", w.class[1][0])
		w.pupilAccount("le.an", an)
		mine := w.actor(w.account("ht1", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0])))
		teacher := w.actor(w.account("gv1", teaches(models.ScopeSchool, w.school[0])...))
		ok := people.NewAccount{Username: "moi", DisplayName: "Mới", Password: password, Grants: teaches(models.ScopeSchool, w.school[0])}
		before := w.count("accounts", "1 = 1")
		for _, c := range append(w.badAccounts(teacher, an), w.foreignAccounts(mine, binh)...) {
			t.Run(c.name, func(t *testing.T) {
				n := ok
				n.Grants = slices.Clone(ok.Grants)
				if c.edit != nil {
					c.edit(&n)
				}
				_, err := w.people.CreateAccount(ctx, c.actor, n)
				require.Equal(t, c.kind, models.KindOf(err), "%v", err)
				assert.Contains(t, err.Error(), c.says)
			})
		}
		assert.Equal(t, before, w.count("accounts", "1 = 1"), "nothing half-written")
		assert.Equal(t, before, w.count("account_grants", "1 = 1"))

		_, err := w.people.CreateAccount(ctx, mine, ok)
		require.NoError(t, err, "the own school")
		_, err = w.people.CreateAccounts(ctx, w.admin, []people.NewAccount{ok, ok})
		assert.Equal(t, "username_taken", models.CodeOf(err))
	})
}

// badAccounts are refused whoever asks; an has an account already.
func (w *world) badAccounts(teacher models.Actor, an people.Person) []refusal {
	return []refusal{
		{"nobody", models.Actor{}, nil, models.KindUnauthenticated, ""},
		{"a teacher", teacher, nil, models.KindForbidden, ""},
		{"no name", w.admin, func(n *people.NewAccount) { n.DisplayName = " " }, models.KindInvalid, "display_name"},
		{"bad username", w.admin, func(n *people.NewAccount) { n.Username = "Ánh" }, models.KindInvalid, "username"},
		{"dot first", w.admin, func(n *people.NewAccount) { n.Username = ".abc" }, models.KindInvalid, "username"},
		{"taken", w.admin, func(n *people.NewAccount) { n.Username = "le.an" }, models.KindConflict, "username_taken"},
		{"short password", w.admin, func(n *people.NewAccount) { n.Password = "bảy chữ" }, models.KindInvalid, "too_short"},
		{"long password", w.admin, func(n *people.NewAccount) { n.Password = strings.Repeat("x1", 101) }, models.KindInvalid, "too_long"},
		{"username as password", w.admin, func(n *people.NewAccount) { n.Username, n.Password = "nguyenlan", "Nguyễn Lân" }, models.KindInvalid, "same_as_username"},
		{"common password", w.admin, func(n *people.NewAccount) { n.Password = "MatKhau123" }, models.KindInvalid, "too_common"},
		{"one letter", w.admin, func(n *people.NewAccount) { n.Password = "aaaaaaaaaa" }, models.KindInvalid, "too_common"},
		{"locale", w.admin, func(n *people.NewAccount) { n.Locale = "fr" }, models.KindInvalid, "locale"},
		{"no role", w.admin, func(n *people.NewAccount) { n.Grants = nil }, models.KindInvalid, "required"},
		{"unknown role", w.admin, func(n *people.NewAccount) { n.Grants[0].Role = "king" }, models.KindInvalid, "invalid_scope"},
		{"teacher everywhere", w.admin, func(n *people.NewAccount) { n.Grants = teaches(models.ScopeAll, models.ID{}) }, models.KindInvalid, "invalid_scope"},
		{"admin of a school", w.admin, func(n *people.NewAccount) { n.Grants[0].Role = models.RoleAdmin }, models.KindInvalid, "invalid_scope"},
		{"all with a place", w.admin, func(n *people.NewAccount) {
			n.Grants = []models.Grant{grant(models.RoleAdmin, models.ScopeAll, w.school[0])}
		}, models.KindInvalid, "invalid_scope"},
		{"school without a place", w.admin, func(n *people.NewAccount) { n.Grants[0].At = models.ID{} }, models.KindInvalid, "invalid_scope"},
		{"unknown school", w.admin, func(n *people.NewAccount) { n.Grants[0].At = w.commune }, models.KindInvalid, "unknown_scope"},
		{"twice", w.admin, func(n *people.NewAccount) { n.Grants = append(n.Grants, n.Grants[0]) }, models.KindInvalid, "duplicate"},
		{"pupil without person", w.admin, func(n *people.NewAccount) { n.Grants = []models.Grant{studentGrant} }, models.KindInvalid, "person_id"},
		{"person has one", w.admin, func(n *people.NewAccount) { n.PersonID, n.Grants = an.ID, []models.Grant{studentGrant} }, models.KindConflict, "person_has_account"},
	}
}

// foreignAccounts are refused to the admin of the first school; binh goes to the
// second.
func (w *world) foreignAccounts(mine models.Actor, binh people.Person) []refusal {
	return []refusal{
		{"another school", mine, func(n *people.NewAccount) { n.Grants[0].At = w.school[1] }, models.KindNotFound, ""},
		{"class of another school", mine, func(n *people.NewAccount) { n.Grants = teaches(models.ScopeClass, w.class[1][0]) }, models.KindNotFound, ""},
		{"pupil of another school", mine, func(n *people.NewAccount) { n.PersonID, n.Grants = binh.ID, []models.Grant{studentGrant} }, models.KindNotFound, ""},
		{"teacher with a pupil's person", mine, func(n *people.NewAccount) { n.PersonID = binh.ID }, models.KindNotFound, ""},
		{"officer by school", mine, func(n *people.NewAccount) {
			n.Grants = []models.Grant{grant(models.RoleCommuneOfficer, models.ScopeArea, w.commune)}
		}, models.KindNotFound, ""},
		{"admin by school", mine, func(n *people.NewAccount) { n.Grants = append(n.Grants, adminGrant) }, models.KindNotFound, ""},
		{"ready hash by school", mine, func(n *people.NewAccount) { n.Password, n.SecretHash = "", "$argon2id$x" }, models.KindInvalid, "too_short"},
	}
}

func TestPupilsGetShortFirstSecrets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("Lê An", w.class[0][0])
		n := people.NewAccount{DisplayName: "Lê An", Password: "abc23", PersonID: an.ID, Grants: []models.Grant{studentGrant}}
		_, err := w.people.CreateAccount(ctx, w.admin, n)
		assert.Contains(t, err.Error(), "too_short")
		n.Password = "abc234"
		_, err = w.people.CreateAccount(ctx, w.admin, n)
		require.NoError(t, err)
	})
}

func TestUsername(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Thị Hồng Ánh": "nguyenthihonganh", "ĐỖ  Đức": "doduc", "Hoà": "hoa", "Hòa": "hoa", "": "nguoidung", "李": "nguoidung",
		"An 2": "an2", "O'Neil-Ba": "oneilba", strings.Repeat("Ưng ", 30): strings.Repeat("ung", 13) + "u",
	} {
		assert.Equal(t, want, people.Username(in), in)
	}
	assert.Equal(t, "nguyenvan.an", people.NormalizeUsername("  Nguyễn Văn.An\u00a0"))
}

func FuzzUsername(f *testing.F) {
	for _, s := range []string{"Nguyễn Văn An", "\xff\xfe", "ﬀ İ ı", "Z̸̡͝algo", "٣", "=cmd()", "\u0300"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u := people.Username(s)
		if len(u) == 0 || len(u) > 40 {
			t.Fatalf("%q has length %d", u, len(u))
		}
		for _, r := range u {
			if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
				t.Fatalf("%q holds %q", u, r)
			}
		}
		if again := people.NormalizeUsername(u); again != u || people.Username(u) != u {
			t.Fatalf("%q is not stable: %q", u, again)
		}
	})
}
