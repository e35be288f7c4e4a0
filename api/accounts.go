package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/people"
)

// accountView is an account as who manages it sees it.
type accountView struct {
	ID           string     `json:"id"`
	Username     string     `json:"username"`
	DisplayName  string     `json:"display_name"`
	PersonID     *string    `json:"person_id"`
	Roles        []roleView `json:"roles"`
	Disabled     bool       `json:"disabled"`
	MustChange   bool       `json:"must_change_password"`
	SecondFactor factorView `json:"second_factor"`
	CreatedAt    time.Time  `json:"created_at"`
}

// roleInput asks for a role somewhere.
type roleInput struct {
	Role      models.Role      `json:"role" enum:"student,teacher,module_teacher,invigilator,head,school_admin,team_member,commune_officer,dept_officer,admin"`
	ScopeKind models.ScopeKind `json:"scope_kind" enum:"self,class,school,area,all"`
	ScopeID   *string          `json:"scope_id,omitempty" nullable:"true" maxLength:"36"`
	CourseKey string           `json:"course_key,omitempty" maxLength:"64" doc:"Of a module teacher: the one course it is for; empty: every course."`
}

type newAccountInput struct {
	Body struct {
		ID          *string     `json:"id,omitempty" nullable:"true" maxLength:"36" doc:"Made by the client."`
		Username    string      `json:"username,omitempty" maxLength:"64" doc:"Empty: made of the name."`
		DisplayName string      `json:"display_name" minLength:"1" maxLength:"120"`
		Password    string      `json:"password" maxLength:"200"`
		PersonID    *string     `json:"person_id,omitempty" nullable:"true" maxLength:"36" doc:"The pupil's person; needed for the role student."`
		MustChange  *bool       `json:"must_change_password,omitempty" doc:"Default true."`
		Roles       []roleInput `json:"roles" minItems:"1" maxItems:"50"`
	}
}

type rolesInput struct {
	ByID
	Body struct {
		Roles []roleInput `json:"roles" minItems:"1" maxItems:"50"`
	}
}

type requireFactorInput struct {
	ByID
	Body struct {
		Required bool `json:"required"`
	}
}

type temporaryPassword struct {
	Password string `json:"temporary_password" doc:"Shown this once."`
}

func (s *server) accountOperations() {
	manage := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "accounts", action: models.ActManageAccounts, refuses: refuses}
	}
	type query struct {
		PageQuery
		Q    string      `query:"q" maxLength:"100" doc:"Part of the user name or the name."`
		Role models.Role `query:"role" enum:"student,teacher,module_teacher,invigilator,head,school_admin,team_member,commune_officer,dept_officer,admin"`
	}
	register(s, manage("list-accounts", http.MethodGet, "/accounts", "The accounts the caller manages, by user name."),
		func(ctx context.Context, actor models.Actor, in *query) (*body[list[accountView]], error) {
			after, err := in.after()
			if err != nil {
				return nil, err
			}
			rows, next, err := s.People.Accounts(ctx, actor, people.AccountFilter{Query: in.Q, Role: in.Role, After: after, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			items := make([]accountView, len(rows))
			for i, a := range rows {
				if items[i], err = s.account(ctx, a); err != nil {
					return nil, err
				}
			}
			return answer(listed(items, next), nil)
		})
	s.accountChangeOperations(manage)
	s.accountStateOperations(manage)
}

// describeAccount makes the op of an operation on accounts.
type describeAccount func(id, method, path, summary string, refuses ...models.Kind) op

func (s *server) accountChangeOperations(manage describeAccount) {
	register(s, manage("create-account", http.MethodPost, "/accounts", "Make an account with its roles.",
		models.KindNotFound, models.KindConflict), s.createAccount)
	register(s, manage("set-roles", http.MethodPut, "/accounts/{id}/roles", "Replace the roles of an account.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *rolesInput) (*body[accountView], error) {
			return s.changed(ctx, in.ByID, func(id models.ID) error {
				grants, err := grantsOf(in.Body.Roles)
				if err != nil {
					return err
				}
				return s.People.SetGrants(ctx, actor, id, grants)
			})
		})
	register(s, manage("reset-password", http.MethodPost, "/accounts/{id}/password-reset",
		"Give a temporary password, which is answered this once. Sessions end, a lock is lifted.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[temporaryPassword], error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			password, err := s.People.ResetPassword(ctx, actor, id)
			return answer(temporaryPassword{Password: password}, err)
		})
	register(s, manage("require-second-factor", http.MethodPut, "/accounts/{id}/second-factor",
		"Say whether an account must have a second factor."),
		func(ctx context.Context, actor models.Actor, in *requireFactorInput) (*body[accountView], error) {
			return s.changed(ctx, in.ByID, func(id models.ID) error {
				return s.People.RequireSecondFactor(ctx, actor, id, in.Body.Required)
			})
		})
}

// accountStateOperations are those that only name an account.
func (s *server) accountStateOperations(manage describeAccount) {
	for _, o := range []struct {
		op
		do func(context.Context, models.Actor, models.ID) error
	}{
		{manage("disable-account", http.MethodPost, "/accounts/{id}/disabling", "Let nobody sign in with an account; its sessions end.",
			models.KindConflict), func(ctx context.Context, a models.Actor, id models.ID) error { return s.People.Disable(ctx, a, id) }},
		{manage("enable-account", http.MethodPost, "/accounts/{id}/enabling", "Let a disabled account sign in again."),
			func(ctx context.Context, a models.Actor, id models.ID) error { return s.People.Enable(ctx, a, id) }},
		{manage("unlock-account", http.MethodPost, "/accounts/{id}/unlocking", "Forget the wrong passwords of an account."),
			func(ctx context.Context, a models.Actor, id models.ID) error { return s.People.Unlock(ctx, a, id) }},
		{manage("reset-second-factor", http.MethodPost, "/accounts/{id}/second-factor-reset", "Take a lost second factor off an account."),
			func(ctx context.Context, a models.Actor, id models.ID) error {
				return s.People.ResetSecondFactor(ctx, a, id)
			}},
	} {
		register(s, o.op, func(ctx context.Context, actor models.Actor, in *ByID) (*body[accountView], error) {
			return s.changed(ctx, *in, func(id models.ID) error { return o.do(ctx, actor, id) })
		})
	}
}

// changed does something to an account and answers how it is then. Whoever may
// change it may see it.
func (s *server) changed(ctx context.Context, in ByID, do func(models.ID) error) (*body[accountView], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if err := do(id); err != nil {
		return nil, err
	}
	a, err := people.AccountByID(s.DB.Read(ctx), id)
	if err != nil {
		return nil, err
	}
	return answer(s.account(ctx, a))
}

func (s *server) createAccount(ctx context.Context, actor models.Actor, in *newAccountInput) (*body[accountView], error) {
	id, err := parseOptionalID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	person, err := parseOptionalID("body.person_id", in.Body.PersonID)
	if err != nil {
		return nil, err
	}
	grants, err := grantsOf(in.Body.Roles)
	if err != nil {
		return nil, err
	}
	a, err := s.People.CreateAccount(ctx, actor, people.NewAccount{
		ID: id, Username: in.Body.Username, DisplayName: in.Body.DisplayName, Password: in.Body.Password, PersonID: person,
		MustChange: in.Body.MustChange == nil || *in.Body.MustChange, Grants: grants,
	})
	if err != nil {
		return nil, err
	}
	return answer(s.account(ctx, a))
}

func grantsOf(roles []roleInput) ([]models.Grant, error) {
	grants := make([]models.Grant, len(roles))
	for i, r := range roles {
		at, err := parseOptionalID("body.roles", r.ScopeID)
		if err != nil {
			return nil, err
		}
		grants[i] = models.Grant{Role: r.Role, Scope: r.ScopeKind, At: at, Course: r.CourseKey}
	}
	return grants, nil
}

func (s *server) account(ctx context.Context, a people.Account) (accountView, error) {
	roles, err := s.roles(ctx, a.Grants)
	return accountView{
		ID: a.ID.String(), Username: a.Username, DisplayName: a.DisplayName, PersonID: optionalID(a.PersonID), Roles: roles,
		Disabled: a.State == people.AccountDisabled, MustChange: a.MustChange, CreatedAt: a.CreatedAt.UTC(),
		SecondFactor: factorView{Enabled: a.FactorOn, Required: a.FactorNeeded},
	}, err
}
