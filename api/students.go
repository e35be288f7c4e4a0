package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/people"
)

// signInCard is one line of the list that a teacher cuts up and hands out.
type signInCard struct {
	PersonID  string `json:"person_id"`
	AccountID string `json:"account_id"`
	Name      string `json:"name"`
	Username  string `json:"username"`
	Password  string `json:"temporary_password" doc:"Empty for a pupil who had an account before."`
}

type resetInput struct {
	ByID
	Body struct {
		Persons []string `json:"person_ids" minItems:"1" maxItems:"60"`
	}
}

func cardOf(c people.SignInCard) signInCard {
	return signInCard{PersonID: c.PersonID.String(), AccountID: textOf(c.AccountID), Name: c.FullName, Username: c.Username, Password: c.Secret}
}

func (s *server) studentOperations() {
	register(s, op{
		id: "create-class-accounts", method: http.MethodPost, path: "/classes/{id}/accounts", tag: "teaching", action: models.ActImportRoster,
		summary: "Make an account for every pupil of a class who has none. The temporary passwords are answered this once.",
		refuses: []models.Kind{models.KindConflict}, within: uploadTime,
	}, func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[signInCard]], error) {
		return withID(in, func(id models.ID) (list[signInCard], error) {
			cards, err := s.People.CreateStudentAccounts(ctx, actor, id)
			return listed(converted(cards, cardOf), ""), err
		})
	})
	register(s, op{
		id: "reset-pupil-passwords", method: http.MethodPost, path: "/classes/{id}/password-resets", tag: "teaching", action: models.ActImportRoster,
		summary: "Give pupils of a class temporary passwords, answered this once; their sessions end, locks are lifted.",
		refuses: []models.Kind{models.KindConflict}, within: uploadTime,
	}, func(ctx context.Context, actor models.Actor, in *resetInput) (*body[list[signInCard]], error) {
		persons := make([]models.ID, len(in.Body.Persons))
		for i, p := range in.Body.Persons {
			var err error
			if persons[i], err = parseID("body.person_ids", p); err != nil {
				return nil, err
			}
		}
		return withID(&in.ByID, func(id models.ID) (list[signInCard], error) {
			cards, err := s.People.ResetStudentSecrets(ctx, actor, id, persons)
			return listed(converted(cards, cardOf), ""), err
		})
	})
}
