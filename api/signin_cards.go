package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/paper"
	"nhaso/models/people"
)

// cardList is the sign-in cards of a class: who holds one, and what is printed
// next.
type cardList struct {
	Kind  string      `json:"kind" enum:"pin,icons" doc:"What the next cards show."`
	Items []cardState `json:"items" doc:"By given name."`
}

type cardState struct {
	PersonID string     `json:"person_id"`
	Name     string     `json:"name"`
	Username string     `json:"username" doc:"Empty: no account yet."`
	State    string     `json:"state" enum:"ready,none,other" doc:"other: disabled, or more than a pupil's account; no card is made."`
	MadeAt   *time.Time `json:"made_at"`
}

type cardsInput struct {
	ByID
	Body struct {
		Persons []string `json:"person_ids,omitempty" maxItems:"100" doc:"None: the whole class."`
	}
}

type cardKindInput struct {
	ByID
	Body struct {
		Kind string `json:"kind" enum:"pin,icons"`
	}
}

func (s *server) signInCardOperations() {
	cards := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "teaching", action: models.ActImportRoster, refuses: refuses}
	}
	register(s, cards("list-sign-in-cards", http.MethodGet, "/classes/{id}/sign-in-cards", "Who in a class holds a sign-in card. It tells no secrets."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[cardList], error) {
			return withID(in, func(id models.ID) (cardList, error) { return s.cardList(ctx, actor, id) })
		})
	register(s, cards("set-sign-in-card-kind", http.MethodPut, "/classes/{id}/sign-in-cards/kind", "Choose digits or pictures for the cards printed from now on."),
		func(ctx context.Context, actor models.Actor, in *cardKindInput) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return done(s.People.SetClassSecretKind(ctx, actor, id, in.Body.Kind))
		})
	print := cards("print-sign-in-cards", http.MethodPost, "/classes/{id}/sign-in-cards",
		"Make new secrets for pupils, accounts where there are none, and answer the cards as a PDF, this once. Old secrets and sessions end at once; a repeat makes new cards.",
		models.KindConflict)
	print.within = uploadTime
	registerFile(s, print, pdfKind, s.printCards)
}

func (s *server) cardList(ctx context.Context, actor models.Actor, class models.ID) (cardList, error) {
	kind, list, err := s.People.ClassCards(ctx, actor, class)
	return cardList{Kind: kind, Items: filled(converted(list, func(c people.CardState) cardState {
		return cardState{PersonID: c.PersonID.String(), Name: c.FullName, Username: c.Username, State: c.State, MadeAt: c.MadeAt}
	}))}, err
}

func (s *server) printCards(ctx context.Context, actor models.Actor, in *cardsInput) (*file, error) {
	class, err := in.id()
	if err != nil {
		return nil, err
	}
	persons := make([]models.ID, len(in.Body.Persons))
	for i, p := range in.Body.Persons {
		if persons[i], err = parseID("body.person_ids", p); err != nil {
			return nil, err
		}
	}
	cards, err := s.People.IssueCards(ctx, actor, class, persons)
	if err != nil {
		return nil, err
	}
	site := s.publicURL(ctx)
	list := converted(cards, func(c people.Card) paper.SignIn {
		p := paper.SignIn{Name: c.FullName, ClassName: c.ClassName, SchoolName: c.SchoolName, Username: c.Username, Password: c.Password,
			Site: strings.TrimPrefix(strings.TrimPrefix(site, "https://"), "http://"),
			// Behind the '#' nothing reaches a server's log; and it is no secret.
			URL: site + "/login#" + url.QueryEscape(c.Username), MadeAt: s.Clock.Now()}
		if c.Kind == people.SecretIcons {
			p.Icons = strings.Split(c.Secret, "-")
		} else {
			p.PIN = c.Secret
		}
		return p
	})
	var b bytes.Buffer
	err = paper.SignInCards(&b, list)
	return &file{"the-dang-nhap.pdf", pdfKind, b.Bytes()}, err
}
