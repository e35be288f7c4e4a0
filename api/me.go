package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
)

// meView is the account that is signed in and what it may be.
type meView struct {
	AccountID    string     `json:"account_id"`
	PersonID     *string    `json:"person_id"`
	DisplayName  string     `json:"display_name"`
	Username     string     `json:"username"`
	Roles        []roleView `json:"roles"`
	Home         string     `json:"home" enum:"student,teacher,school,officer,team,admin"`
	MustChange   bool       `json:"must_change_password"`
	SecondFactor factorView `json:"second_factor"`
	Locale       string     `json:"locale"`
	Adult        bool       `json:"adult" doc:"A grown-up member of a household, who is not spoken to as a pupil."`
	// Of a sign-in by class secret at a computer of the school.
	Lesson *boundView `json:"lesson"`
}

// roleView is a role and where it holds.
type roleView struct {
	Role      models.Role      `json:"role"`
	ScopeKind models.ScopeKind `json:"scope_kind"`
	ScopeID   *string          `json:"scope_id"`
	ScopeName string           `json:"scope_name" doc:"Of the class, school or area; empty for self and all."`
	CourseKey string           `json:"course_key" doc:"Of a module teacher: the one course it is for; empty: every course."`
	LastDay   *string          `json:"last_day" doc:"The last civil day of a delegated role; null without an end."`
}

type factorView struct {
	Enabled  bool `json:"enabled"`
	Required bool `json:"required"`
}

// homes says which front page the first of an account's roles in this order
// opens.
var homes = []struct {
	role models.Role
	home string
}{
	{models.RoleDeptOfficer, "officer"}, {models.RoleCommuneOfficer, "officer"}, {models.RoleSchoolAdmin, "school"},
	{models.RoleHead, "school"}, {models.RoleTeacher, "teacher"}, {models.RoleModuleTeacher, "teacher"}, {models.RoleInvigilator, "teacher"},
	{models.RoleAdmin, "admin"}, {models.RoleTeamMember, "team"}, {models.RoleStudent, "student"},
}

func (s *server) meOperations() {
	own := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "me", action: models.ActOwnAccount, refuses: refuses}
	}
	register(s, op{id: "get-me", method: http.MethodGet, path: "/me", tag: "me", action: models.ActWhoAmI,
		summary: "The account that is signed in, its roles and front page."},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[meView], error) {
			account, err := people.AccountByID(s.DB.Read(ctx), actor.Account)
			if err != nil {
				return nil, err
			}
			return answer(s.me(ctx, account, actor.Lesson))
		})
	register(s, own("change-password", http.MethodPut, "/me/password",
		"Change the own password. Every session ends; a browser's own goes on with new cookies.", models.KindLocked, models.KindConflict),
		s.changePassword)
	register(s, own("begin-second-factor", http.MethodPost, "/me/second-factor",
		"Begin to enrol a second factor: the secret for the authenticator app.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[factorSecret], error) {
			f, err := s.People.BeginSecondFactor(ctx, actor)
			return answer(factorSecret{Secret: f.Secret, URL: f.URL}, err)
		})
	register(s, own("confirm-second-factor", http.MethodPost, "/me/second-factor/confirmation",
		"Switch the second factor on with a code of the app. The recovery codes are shown this once."),
		func(ctx context.Context, actor models.Actor, in *factorInput) (*body[recoveryCodes], error) {
			codes, err := s.People.ConfirmSecondFactor(ctx, actor, in.Body.Code)
			return answer(recoveryCodes{Codes: filled(codes)}, err)
		})
	register(s, own("remove-second-factor", http.MethodDelete, "/me/second-factor",
		"Switch the second factor off; takes one more code.", models.KindLocked),
		func(ctx context.Context, actor models.Actor, in *factorInput) (*none, error) {
			return done(s.People.RemoveSecondFactor(ctx, actor, in.Body.Code))
		})
}

type factorSecret struct {
	Secret string `json:"secret"`
	URL    string `json:"otpauth_url"`
}

type factorInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"40"`
	}
}

type recoveryCodes struct {
	Codes []string `json:"recovery_codes"`
}

type passwordInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"200"`
		New     string `json:"new" minLength:"1" maxLength:"200"`
	}
}

func (s *server) changePassword(ctx context.Context, actor models.Actor, in *passwordInput) (*cookieOutput, error) {
	session, err := s.People.ChangePassword(ctx, actor, in.Body.Current, in.Body.New)
	if err != nil {
		return nil, err
	}
	if requestOf(ctx).bearer {
		return &cookieOutput{}, nil // a program signs in again
	}
	access, err := s.tokens.issue(ctx, session.Account.ID, session.Epoch, session.Lesson, session.AccessExpires)
	if err != nil {
		return nil, err
	}
	return &cookieOutput{SetCookie: s.sessionCookies(ctx, access, session)}, nil
}

// me describes an account to its owner. lesson is what the sign-in is bound to,
// or zero.
func (s *server) me(ctx context.Context, a people.Account, lesson models.ID) (meView, error) {
	roles, err := s.roles(ctx, a.Grants)
	if err != nil {
		return meView{}, err
	}
	me := meView{AccountID: a.ID.String(), PersonID: optionalID(a.PersonID), DisplayName: a.DisplayName, Username: a.Username,
		Roles: roles, Home: "student", MustChange: a.MustChange, Locale: a.Locale,
		SecondFactor: factorView{Enabled: a.FactorOn, Required: a.FactorNeeded}}
	if !lesson.IsZero() {
		bound, err := s.SignIn.Bound(ctx, lesson)
		if err != nil {
			return meView{}, err
		}
		kind, err := people.ClassSecretKindOf(s.DB.Read(ctx), a.PersonID)
		if err != nil {
			return meView{}, err
		}
		me.Lesson = &boundView{ID: bound.ID.String(), ClassName: bound.ClassName, ClosesAt: bound.ClosesAt, Kind: kind}
		me.MustChange = false // a password is changed on the own telephone
	}
	if me.Adult, err = people.IsAdult(s.DB.Read(ctx), a.PersonID); err != nil {
		return meView{}, err
	}
	actor := models.Actor{Grants: a.Grants}
	for _, h := range homes {
		if actor.HasRole(h.role) {
			me.Home = h.home
			break
		}
	}
	return me, nil
}

// roles names the places of grants.
func (s *server) roles(ctx context.Context, grants []models.Grant) ([]roleView, error) {
	list := make([]roleView, len(grants))
	for i, g := range grants {
		name, err := s.placeName(ctx, g)
		if err != nil {
			return nil, err
		}
		list[i] = roleView{Role: g.Role, ScopeKind: g.Scope, ScopeID: optionalID(g.At), ScopeName: name, CourseKey: g.Course}
		if day := models.DayBefore(g.Until); day != "" {
			list[i].LastDay = &day
		}
	}
	return list, nil
}

// placeName is empty for a place that is gone: the role then reaches nothing.
func (s *server) placeName(ctx context.Context, g models.Grant) (name string, err error) {
	switch g.Scope {
	case models.ScopeClass:
		var c place.Class
		c, err = place.ClassByID(s.DB.Read(ctx), g.At)
		name = c.Name
	case models.ScopeSchool:
		var c place.School
		c, err = place.SchoolByID(s.DB.Read(ctx), g.At)
		name = c.Name
	case models.ScopeArea:
		var a place.Area
		a, err = s.Places.AreaByID(ctx, g.At)
		name = a.Name
	}
	if models.KindOf(err) == models.KindNotFound {
		return "", nil
	}
	return name, err
}
