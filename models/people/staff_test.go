package people_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/sheet"
)

func fieldCode(err error) string {
	var e *models.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return e.Fields[0].Location + " " + e.Fields[0].Code
	}
	return models.CodeOf(err)
}

// head of school 0, teachers of both schools.
func (w *world) faculty() (boss models.Actor, lan, hoa, other people.Account) {
	b := w.account("truong0", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0]))
	lan = w.account("lan", grant(models.RoleTeacher, models.ScopeClass, w.class[0][0]))
	hoa = w.account("hoa", grant(models.RoleTeacher, models.ScopeClass, w.class[0][1]))
	other = w.account("khac", grant(models.RoleTeacher, models.ScopeClass, w.class[1][0]))
	return w.actor(b), lan, hoa, other
}

// reach is what an account may do now, as a request would find it.
func (w *world) reach(account models.ID, action models.Action) models.Reach {
	w.t.Helper()
	actor, err := w.people.ActorOf(ctx, account, 1)
	require.NoError(w.t, err)
	r, _ := models.Allow(actor, action)
	return r
}

// TestDelegationDays: a delegation begins and ends by itself at midnight in Viet Nam, whatever was remembered before.
func TestDelegationDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, _, _ := w.faculty()
		// 08:00 on Monday 23 November: Tuesday alone, in the other class.
		require.NoError(t, w.people.Delegate(ctx, boss, w.school[0], people.Delegation{
			Account: lan.ID, Role: models.RoleModuleTeacher, ClassID: w.class[0][1], From: "2026-11-24", LastDay: "2026-11-24"}))
		mine, both := []models.ID{w.class[0][0]}, []models.ID{w.class[0][0], w.class[0][1]}
		at := func(day, clock string, want []models.ID) {
			t.Helper()
			to, err := time.ParseInLocation("2006-01-02 15:04:05", day+" "+clock, models.VietNam())
			require.NoError(t, err)
			w.clock.Add(to.Sub(w.clock.Now()))
			require.ElementsMatch(t, want, w.reach(lan.ID, models.ActTeach).Classes, "%s %s", day, clock)
			require.Equal(t, mine, w.reach(lan.ID, models.ActDecideLink).Classes, "a module teacher decides no links")
		}
		at("2026-11-23", "09:00:00", mine)
		at("2026-11-23", "23:59:57", mine) // remembered for ten seconds, but not across midnight
		at("2026-11-24", "00:00:00", both)
		at("2026-11-24", "23:59:59", both)
		at("2026-11-25", "00:00:00", mine)
		require.Equal(t, 1, w.count("account_grants", "account_id = ? AND role = 'module_teacher'", lan.ID), "what was stays on record")
		list, err := w.people.Staff(ctx, boss, w.school[0])
		require.NoError(t, err)
		require.Len(t, list, 3)
		for _, one := range list {
			require.Len(t, one.Roles, 1, one.Username)
		}
	})
}

// TestDelegateOneCourse: a module teacher's role may be for one course; it stands beside one for all, is listed, ends, and
// survives a change of the account's other roles.
func TestDelegateOneCourse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, _, _ := w.faculty()
		give := func(course string, role models.Role) error {
			return w.people.Delegate(ctx, boss, w.school[0], people.Delegation{ID: w.id(), Account: lan.ID, Role: role, ClassID: w.class[0][1], Course: course})
		}
		require.NoError(t, give("online_payment-thcs", models.RoleModuleTeacher))
		require.NoError(t, give("self_protection-thcs", models.RoleModuleTeacher))
		require.Equal(t, "body.course_key not_for_role", fieldCode(give("online_payment-thcs", models.RoleInvigilator)))
		require.Equal(t, "body.course_key not_for_role", fieldCode(give(strings.Repeat("x", 65), models.RoleModuleTeacher)))
		r := w.reach(lan.ID, models.ActTeach)
		require.Equal(t, []models.ID{w.class[0][0]}, r.Classes)
		require.Equal(t, []models.ID{w.class[0][0], w.class[0][1]}, r.In("online_payment-thcs").Classes)
		list, err := w.people.Staff(ctx, boss, w.school[0])
		require.NoError(t, err)
		var courses []string
		var first models.ID
		for _, one := range list {
			for _, role := range one.Roles {
				if role.CourseKey != "" {
					courses, first = append(courses, role.CourseKey), role.ID
				}
			}
		}
		require.ElementsMatch(t, []string{"online_payment-thcs", "self_protection-thcs"}, courses)
		actor, err := w.people.ActorOf(ctx, lan.ID, 1)
		require.NoError(t, err)
		require.Len(t, actor.Grants, 3)
		require.NoError(t, w.people.SetGrants(ctx, models.System(), lan.ID, actor.Grants))
		require.Len(t, w.reach(lan.ID, models.ActTeach).Limited, 2, "nobody's limit is lost by saving roles")
		require.Equal(t, "body.roles invalid_course", fieldCode(w.people.SetGrants(ctx, models.System(), lan.ID,
			[]models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class[0][0], Course: "x"}})))
		require.NoError(t, w.people.EndRole(ctx, boss, w.school[0], first))
		require.NoError(t, w.people.EndRole(ctx, boss, w.school[0], first), "again")
		require.Len(t, w.reach(lan.ID, models.ActTeach).Limited, 1)
	})
}

func TestDelegateRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, _, other := w.faculty()
		ok := people.Delegation{ID: w.id(), Account: lan.ID, Role: models.RoleInvigilator, ClassID: w.class[0][1], LastDay: "2026-11-30"}
		require.NoError(t, w.people.Delegate(ctx, boss, w.school[0], ok))
		require.NoError(t, w.people.Delegate(ctx, boss, w.school[0], ok), "a repeat")
		require.Equal(t, 2, w.count("account_grants", "account_id = ?", lan.ID))
		for name, tt := range map[string]struct {
			actor  models.Actor
			change func(*people.Delegation)
			want   string
		}{
			"a teacher":          {w.actor(lan), func(*people.Delegation) {}, "forbidden"},
			"somebody elsewhere": {boss, func(d *people.Delegation) { d.Account = other.ID }, "not_found"},
			"no account":         {boss, func(d *people.Delegation) { d.Account = w.id() }, "not_found"},
			"another's class":    {boss, func(d *people.Delegation) { d.ClassID = w.class[1][0] }, "not_found"},
			"yesterday":          {boss, func(d *people.Delegation) { d.From = "2026-11-22" }, "body.from past_date"},
			"ends before":        {boss, func(d *people.Delegation) { d.From, d.LastDay = "2026-11-25", "2026-11-24" }, "body.last_day before_start"},
			"administrator":      {boss, func(d *people.Delegation) { d.Role = models.RoleAdmin }, "body.role invalid_scope"},
			"a class for a head": {boss, func(d *people.Delegation) { d.Role = models.RoleHead }, "body.role invalid_scope"},
			"an officer's role":  {boss, func(d *people.Delegation) { d.Role = models.RoleDeptOfficer; d.ClassID = models.ID{} }, "body.role invalid_scope"},
			"a pupil's role":     {boss, func(d *people.Delegation) { d.Role = models.RoleStudent }, "body.role invalid_scope"},
			"the other's school": {w.actor(other), func(*people.Delegation) {}, "forbidden"},
			"nobody":             {models.Actor{}, func(*people.Delegation) {}, "unauthenticated"},
		} {
			d := ok
			d.ID = w.id()
			tt.change(&d)
			require.Equal(t, tt.want, fieldCode(w.people.Delegate(ctx, tt.actor, w.school[0], d)), name)
		}
		require.Equal(t, models.KindNotFound, models.KindOf(w.people.Delegate(ctx, boss, w.school[1], ok)))
	})
}

func TestHomeroomChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, hoa, other := w.faculty()
		class := w.class[0][0]
		require.NoError(t, w.people.SetHomeroom(ctx, boss, class, hoa.ID, ""))
		require.Empty(t, w.reach(lan.ID, models.ActTeach).Classes, "at once")
		require.ElementsMatch(t, []models.ID{class, w.class[0][1]}, w.reach(hoa.ID, models.ActTeach).Classes)
		require.NoError(t, w.people.SetHomeroom(ctx, boss, class, hoa.ID, ""), "again")
		require.NoError(t, w.people.SetHomeroom(ctx, boss, class, lan.ID, "2026-12-01"))
		require.Empty(t, w.reach(lan.ID, models.ActTeach).Classes)
		w.clock.Add(8 * 24 * time.Hour)
		require.Equal(t, []models.ID{class}, w.reach(lan.ID, models.ActTeach).Classes)
		require.Equal(t, []models.ID{w.class[0][1]}, w.reach(hoa.ID, models.ActTeach).Classes)
		require.NoError(t, w.people.SetHomeroom(ctx, boss, class, hoa.ID, ""))
		require.NoError(t, w.people.SetHomeroom(ctx, boss, class, lan.ID, ""), "back on the same day")
		require.Equal(t, []models.ID{class}, w.reach(lan.ID, models.ActTeach).Classes)
		require.Equal(t, models.KindNotFound, models.KindOf(w.people.SetHomeroom(ctx, boss, w.class[1][0], lan.ID, "")))
		require.Equal(t, models.KindNotFound, models.KindOf(w.people.SetHomeroom(ctx, boss, class, other.ID, "")))
	})
}

// TestSchoolKeepsAnAdmin: whatever way an administrator goes, somebody without an end to the role stays.
func TestSchoolKeepsAnAdmin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, _, _ := w.faculty()
		stay := "last_school_admin"
		list, err := w.people.Staff(ctx, boss, w.school[0])
		require.NoError(t, err)
		var role models.ID
		for _, one := range list {
			if one.AccountID == boss.Account {
				role = one.Roles[0].ID
			}
		}
		require.NoError(t, w.people.Delegate(ctx, boss, w.school[0], people.Delegation{Account: lan.ID, Role: models.RoleSchoolAdmin, LastDay: "2026-12-31"}))
		deputy, err := w.people.ActorOf(ctx, lan.ID, 1)
		require.NoError(t, err)
		for name, err := range map[string]error{
			"leaves":       w.people.LeaveStaff(ctx, deputy, w.school[0], boss.Account),
			"role ends":    w.people.EndRole(ctx, deputy, w.school[0], role),
			"disabled":     w.people.Disable(ctx, deputy, boss.Account),
			"other grants": w.people.SetGrants(ctx, w.admin, boss.Account, []models.Grant{grant(models.RoleTeacher, models.ScopeClass, w.class[0][0])}),
		} {
			require.Equal(t, stay, models.CodeOf(err), name)
		}
		// Two administrators who put each other out at the same moment: one stays.
		second := w.account("pho", grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0]))
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, pair := range [][2]models.ID{{boss.Account, second.ID}, {second.ID, boss.Account}} {
			wg.Go(func() {
				by := models.Actor{Account: pair[0], Grants: []models.Grant{grant(models.RoleSchoolAdmin, models.ScopeSchool, w.school[0])}}
				errs[i] = w.people.LeaveStaff(ctx, by, w.school[0], pair[1])
			})
		}
		wg.Wait()
		require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v %v", errs[0], errs[1])
		require.Equal(t, 1, w.count("accounts a JOIN account_grants g ON g.account_id = a.id",
			"g.role = 'school_admin' AND g.to_date = '9999-12-31' AND a.state = 'active'"))
	})
}

func TestStaffLeaves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, hoa, other := w.faculty()
		s, err := w.people.SignIn(ctx, people.Credentials{Username: "lan", Password: password})
		require.NoError(t, err)
		require.NoError(t, w.people.LeaveStaff(ctx, boss, w.school[0], lan.ID))
		_, err = w.people.Refresh(ctx, s.RefreshToken)
		require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		_, err = w.people.ActorOf(ctx, lan.ID, s.Epoch)
		require.Equal(t, models.KindUnauthenticated, models.KindOf(err), "at once, not in ten seconds")
		_, err = w.people.SignIn(ctx, people.Credentials{Username: "lan", Password: password})
		require.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		require.NoError(t, w.people.LeaveStaff(ctx, boss, w.school[0], lan.ID), "again")
		require.Equal(t, models.KindNotFound, models.KindOf(w.people.LeaveStaff(ctx, boss, w.school[0], other.ID)))

		// Somebody of two schools loses one and keeps signing in.
		require.NoError(t, w.people.SetGrants(ctx, w.admin, hoa.ID, []models.Grant{
			grant(models.RoleTeacher, models.ScopeClass, w.class[0][1]), grant(models.RoleTeacher, models.ScopeClass, w.class[1][1])}))
		require.NoError(t, w.people.LeaveStaff(ctx, boss, w.school[0], hoa.ID))
		actor, err := w.people.ActorOf(ctx, hoa.ID, 2)
		require.NoError(t, err)
		require.Equal(t, []models.Grant{grant(models.RoleTeacher, models.ScopeClass, w.class[1][1])}, actor.Grants)
	})
}

func TestInvite(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss, lan, _, _ := w.faculty()
		list := []people.Invitation{
			{ID: w.id(), Name: "Trần Thị Mai", Role: models.RoleTeacher, Classes: "lớp 6a1, 7B"},
			{ID: w.id(), Name: "Trần Thị Mai", Role: models.RoleInvigilator, LastDay: "2026-12-01"},
		}
		cards, err := w.people.Invite(ctx, boss, w.school[0], list)
		require.NoError(t, err)
		require.Equal(t, "tranthimai", cards[0].Username)
		require.Equal(t, "tranthimai2", cards[1].Username)
		require.Len(t, cards[0].Secret, 10)
		s, err := w.people.SignIn(ctx, people.Credentials{Username: "tranthimai", Password: cards[0].Secret})
		require.NoError(t, err)
		require.True(t, s.MustChange)
		require.ElementsMatch(t, []models.ID{w.class[0][0], w.class[0][1]}, w.reach(cards[0].AccountID, models.ActTeach).Classes)
		again, err := w.people.Invite(ctx, boss, w.school[0], list)
		require.NoError(t, err)
		require.Equal(t, cards[0].Username, again[0].Username)
		require.Empty(t, again[0].Secret, "a secret is answered once")
		for want, n := range map[string]people.Invitation{
			"body.rows[0].name invalid_name":     {ID: w.id(), Role: models.RoleHead},
			"body.rows[0].classes unknown_class": {ID: w.id(), Name: "A", Role: models.RoleTeacher, Classes: "9Z"},
			"body.rows[0].classes required":      {ID: w.id(), Name: "A", Role: models.RoleTeacher},
			"body.rows[0] invalid_scope":         {ID: w.id(), Name: "A", Role: models.RoleAdmin},
			"body.rows[0].id required":           {Name: "A", Role: models.RoleHead},
		} {
			_, err := w.people.Invite(ctx, boss, w.school[0], []people.Invitation{n})
			require.Equal(t, want, fieldCode(err))
		}
		_, err = w.people.Invite(ctx, w.actor(lan), w.school[0], list)
		require.Equal(t, models.KindForbidden, models.KindOf(err))
		_, err = w.people.Invite(ctx, boss, w.school[1], list)
		require.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

func TestReadStaff(t *testing.T) {
	const file = "STT;Họ và tên;Chức vụ;Lớp;Đến hết ngày\n1;Nguyễn Thị Lan;GVCN;7A;\n2;Lê Hoà;Giáo viên bộ môn;7A, 7B;31/12/2026\n3;Vũ An;Coi thi;;\n4;Phạm Bình;Hiệu trưởng;;\n5;Đỗ Chi;bảo vệ;;\n"
	tables, err := sheet.Read(strings.NewReader(file), int64(len(file)), people.StaffSheet)
	require.NoError(t, err)
	require.Equal(t, []people.Invitation{
		{Name: "Nguyễn Thị Lan", Role: models.RoleTeacher, Classes: "7A"},
		{Name: "Lê Hoà", Role: models.RoleModuleTeacher, Classes: "7A, 7B", LastDay: "2026-12-31"},
		{Name: "Vũ An", Role: models.RoleInvigilator},
		{Name: "Phạm Bình", Role: models.RoleHead},
		{Name: "Đỗ Chi"},
	}, people.ReadStaff(tables))
}
