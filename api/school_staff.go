package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/sheet"
)

// staffRole is a role of a member of staff at the school asked about.
type staffRole struct {
	ID        string      `json:"id"`
	Role      models.Role `json:"role"`
	ClassID   *string     `json:"class_id" doc:"null: the whole school."`
	ClassName string      `json:"class_name"`
	CourseKey string      `json:"course_key" doc:"Of a module teacher: the one course it is for; empty: every course."`
	From      *string     `json:"from" doc:"Civil day on which it begins; null when it always held."`
	LastDay   *string     `json:"last_day" doc:"Civil day after which it ends by itself; null without an end."`
}

type staffMember struct {
	AccountID  string      `json:"account_id"`
	Name       string      `json:"name"`
	Username   string      `json:"username"`
	Disabled   bool        `json:"disabled"`
	MustChange bool        `json:"must_change_password" doc:"Has not signed in with a password of their own yet."`
	Roles      []staffRole `json:"roles"`
}

func staffMemberOf(m people.StaffMember) staffMember {
	return staffMember{AccountID: m.AccountID.String(), Name: m.Name, Username: m.Username, Disabled: m.Disabled, MustChange: m.MustChange,
		Roles: converted(m.Roles, func(r people.StaffRole) staffRole {
			return staffRole{ID: r.ID.String(), Role: r.Role, ClassID: optionalID(r.ClassID), ClassName: r.ClassName, CourseKey: r.CourseKey,
				From: optionalText(r.From), LastDay: optionalText(r.LastDay)}
		})}
}

// optionalText is null for an empty text.
func optionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type delegationInput struct {
	ByID
	Body struct {
		ID        string      `json:"id" maxLength:"36" doc:"Made by the client: a repeat changes nothing."`
		AccountID string      `json:"account_id" maxLength:"36"`
		Role      models.Role `json:"role" enum:"teacher,module_teacher,invigilator,head,school_admin"`
		ClassID   *string     `json:"class_id,omitempty" nullable:"true" maxLength:"36" doc:"null: the whole school."`
		CourseKey string      `json:"course_key,omitempty" maxLength:"64" doc:"Of a module teacher: the one course it is for; empty: every course."`
		From      string      `json:"from,omitempty" maxLength:"10" doc:"Civil day; empty: today."`
		LastDay   string      `json:"last_day,omitempty" maxLength:"10" doc:"Civil day; empty: no end."`
	}
}

type homeroomInput struct {
	ByID
	Body struct {
		AccountID string `json:"account_id" maxLength:"36"`
		From      string `json:"from,omitempty" maxLength:"10" doc:"Civil day; empty: today."`
	}
}

type staffPath struct {
	ByID
	Account string `path:"account" maxLength:"36"`
}

type staffRolePath struct {
	ByID
	Role string `path:"role" maxLength:"36"`
}

// invitationRow is one line of a list of new staff.
type invitationRow struct {
	ID      string      `json:"id" maxLength:"36" doc:"Becomes the account's: a repeat makes nobody twice."`
	Name    string      `json:"name" maxLength:"200"`
	Role    models.Role `json:"role" maxLength:"20"`
	Classes string      `json:"classes" maxLength:"200" doc:"Names of classes of this school year, \"7A, 7B\"; empty: the whole school."`
	LastDay string      `json:"last_day" maxLength:"10" doc:"Civil day on which the role ends; empty: no end."`
}

type invitationsInput struct {
	ByID
	Body struct {
		Rows []invitationRow `json:"rows" minItems:"1" maxItems:"200"`
	}
}

// staffCard is what a new member of staff needs for the first sign-in.
type staffCard struct {
	AccountID string `json:"account_id"`
	Name      string `json:"name"`
	Username  string `json:"username"`
	Password  string `json:"temporary_password" doc:"Shown this once; empty in a repeat."`
}

func manageSchool(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, summary: summary, tag: "school", action: models.ActManageSchool, refuses: refuses}
}

func readSchool(id, path, summary string) op {
	return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "school", action: models.ActReadSchool}
}

func (s *server) staffOperations() {
	register(s, readSchool("list-staff", "/schools/{id}/staff", "Who has or will have a role at a school, by given name."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[staffMember]], error) {
			return withID(in, func(id models.ID) (list[staffMember], error) {
				rows, err := s.People.Staff(ctx, actor, id)
				return listed(converted(rows, staffMemberOf), ""), err
			})
		})
	register(s, manageSchool("delegate-role", http.MethodPost, "/schools/{id}/delegations",
		"Give somebody of the staff a role for certain days, or for good. It ends by itself."), s.delegate)
	register(s, manageSchool("end-staff-role", http.MethodDelete, "/schools/{id}/staff-roles/{role}", "End a role of the staff now.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *staffRolePath) (*none, error) {
			school, role, err := twoIDs(in.ByID, "path.role", in.Role)
			if err != nil {
				return nil, err
			}
			return done(s.People.EndRole(ctx, actor, school, role))
		})
	register(s, manageSchool("leave-staff", http.MethodPost, "/schools/{id}/staff/{account}/leaving",
		"Somebody leaves the staff: roles and sessions end at once; open lessons stay with their classes.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *staffPath) (*none, error) {
			school, account, err := twoIDs(in.ByID, "path.account", in.Account)
			if err != nil {
				return nil, err
			}
			return done(s.People.LeaveStaff(ctx, actor, school, account))
		})
	register(s, manageSchool("set-homeroom-teacher", http.MethodPut, "/classes/{id}/homeroom-teacher",
		"Make somebody of the staff the homeroom teacher of a class; whoever was it until then no longer is."),
		func(ctx context.Context, actor models.Actor, in *homeroomInput) (*none, error) {
			class, account, err := twoIDs(in.ByID, "body.account_id", in.Body.AccountID)
			if err != nil {
				return nil, err
			}
			return done(s.People.SetHomeroom(ctx, actor, class, account, in.Body.From))
		})
	s.invitationOperations()
}

// twoIDs reads the id of the path and one more.
func twoIDs(in ByID, location, second string) (a, b models.ID, err error) {
	if a, err = in.id(); err != nil {
		return a, b, err
	}
	b, err = parseID(location, second)
	return a, b, err
}

func (s *server) delegate(ctx context.Context, actor models.Actor, in *delegationInput) (*none, error) {
	school, account, err := twoIDs(in.ByID, "body.account_id", in.Body.AccountID)
	if err != nil {
		return nil, err
	}
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	class, err := parseOptionalID("body.class_id", in.Body.ClassID)
	if err != nil {
		return nil, err
	}
	if in.Body.CourseKey != "" {
		if _, err := s.Learning.CourseHash(ctx, actor, in.Body.CourseKey); models.KindOf(err) == models.KindNotFound {
			return nil, models.InvalidField("body.course_key", "unknown")
		} else if err != nil {
			return nil, err
		}
	}
	return done(s.People.Delegate(ctx, actor, school, people.Delegation{ID: id, Course: in.Body.CourseKey, Account: account, Role: in.Body.Role, ClassID: class,
		From: in.Body.From, LastDay: in.Body.LastDay}))
}

func (s *server) invitationOperations() {
	invite := manageSchool("invite-staff", http.MethodPost, "/schools/{id}/staff-invitations",
		"Make accounts for new staff, all or none. The temporary passwords are answered this once.", models.KindConflict)
	invite.within = uploadTime
	register(s, invite, func(ctx context.Context, actor models.Actor, in *invitationsInput) (*body[list[staffCard]], error) {
		rows := make([]people.Invitation, len(in.Body.Rows))
		for i, r := range in.Body.Rows {
			id, err := parseID("body.rows", r.ID)
			if err != nil {
				return nil, err
			}
			rows[i] = people.Invitation{ID: id, Name: r.Name, Role: r.Role, Classes: r.Classes, LastDay: r.LastDay}
		}
		return withID(&in.ByID, func(id models.ID) (list[staffCard], error) {
			cards, err := s.People.Invite(ctx, actor, id, rows)
			return listed(converted(cards, func(c people.StaffCard) staffCard {
				return staffCard{AccountID: c.AccountID.String(), Name: c.Name, Username: c.Username, Password: c.Secret}
			}), ""), err
		})
	})
	registerUpload(s, manageSchool("read-staff-sheet", http.MethodPost, "/schools/{id}/staff-sheets",
		"Read a list of staff out of a file (CSV or XLSX), to look at before inviting. Nothing is written."), nil,
		func(ctx context.Context, actor models.Actor, in *ByID, file *fileForm) (*body[list[invitationRow]], error) {
			return withID(in, func(id models.ID) (list[invitationRow], error) {
				if _, err := people.SchoolFor(s.DB.Read(ctx), actor, models.ActManageSchool, id); err != nil {
					return list[invitationRow]{}, err
				}
				tables, err := sheet.Read(file, file.size, people.StaffSheet)
				if err != nil {
					return list[invitationRow]{}, err
				}
				return listed(converted(people.ReadStaff(tables), func(n people.Invitation) invitationRow {
					return invitationRow{ID: models.NewID(s.Clock()).String(), Name: n.Name, Role: n.Role, Classes: n.Classes, LastDay: n.LastDay}
				}), ""), nil
			})
		})
}
