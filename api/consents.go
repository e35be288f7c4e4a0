package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/people"
)

// consentWords are a title and a text in one language.
type consentWords struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// consentText is what somebody agrees to, in the version that holds today.
type consentText struct {
	Kind    string       `json:"kind" enum:"area_names,public_page,help_neighbours"`
	Version int          `json:"version"`
	Vi      consentWords `json:"vi"`
	En      consentWords `json:"en"`
}

// consentSaid is what one party said last.
type consentSaid struct {
	Act         string `json:"act" enum:"grant,withdraw"`
	On          string `json:"on"`
	Relation    string `json:"relation" enum:"mother,father,grandparent,guardian," doc:"Of the guardian; empty for the child."`
	Channel     string `json:"channel" enum:"paper,in_person,phone,account,code"`
	TextVersion int    `json:"text_version" doc:"0 for a withdrawal."`
	By          string `json:"by" doc:"Who wrote it down; empty: whoever had the code."`
}

// consentStanding is where one kind stands with one pupil.
type consentStanding struct {
	Kind         string       `json:"kind" enum:"area_names,public_page,help_neighbours"`
	Shown        bool         `json:"shown" doc:"It holds: the name is shown there, the pupil may be asked."`
	Complete     bool         `json:"complete" doc:"Everybody who must agree did."`
	ChildMust    bool         `json:"child_must"`
	GuardianMust bool         `json:"guardian_must"`
	Optional     bool         `json:"optional" doc:"A form without an answer to it is complete."`
	Child        *consentSaid `json:"child"`
	Guardian     *consentSaid `json:"guardian"`
}

// consentRow is one pupil of a class.
type consentRow struct {
	PersonID string            `json:"person_id"`
	Name     string            `json:"name"`
	Code     string            `json:"code" doc:"On the pupil's form; empty: none was printed."`
	Complete bool              `json:"complete" doc:"Nothing is missing: everybody who must answer agreed or said no."`
	Kinds    []consentStanding `json:"kinds"`
}

type classConsents struct {
	Texts []consentText `json:"texts"`
	Items []consentRow  `json:"items" doc:"By given name."`
}

type ownConsents struct {
	Texts []consentText     `json:"texts"`
	Kinds []consentStanding `json:"kinds"`
}

// consentChoice is one thing that a form's code can withdraw.
type consentChoice struct {
	Text      consentText `json:"text"`
	Granted   bool        `json:"granted"`
	Withdrawn bool        `json:"withdrawn"`
}

// NewConsent is one event to be recorded.
type NewConsent struct {
	ID          string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one event."`
	PersonID    string `json:"person_id" maxLength:"36"`
	Kind        string `json:"kind" maxLength:"24"`
	Party       string `json:"party" enum:"child,guardian"`
	Act         string `json:"act" enum:"grant,withdraw"`
	Relation    string `json:"relation,omitempty" maxLength:"16" doc:"Of the guardian: mother, father, grandparent, guardian."`
	TextVersion int    `json:"text_version,omitempty" minimum:"0"`
	Channel     string `json:"channel" enum:"paper,in_person,phone"`
	On          string `json:"on,omitempty" maxLength:"10" doc:"Civil day on which it was signed or said; default today."`
}

type consentsInput struct {
	ByID
	Body struct {
		Events []NewConsent `json:"events" minItems:"1" maxItems:"400" nullable:"false"`
	}
}

// OwnConsent is what a pupil says of the own name.
type OwnConsent struct {
	ID          string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one event."`
	Kind        string `json:"kind" maxLength:"24"`
	Act         string `json:"act" enum:"grant,withdraw"`
	TextVersion int    `json:"text_version,omitempty" minimum:"0"`
}

type ownConsentInput struct {
	Body struct {
		Events []OwnConsent `json:"events" minItems:"1" maxItems:"10" nullable:"false"`
	}
}

// CodeWithdrawal is what a guardian takes back.
type CodeWithdrawal struct {
	ID   string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one event."`
	Kind string `json:"kind" maxLength:"24"`
}

type codeWithdrawalInput struct {
	Code string `path:"code" maxLength:"40"`
	Body struct {
		Events []CodeWithdrawal `json:"events" minItems:"1" maxItems:"10" nullable:"false"`
	}
}

func (s *server) consentOperations() {
	own := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "me", action: models.ActOwnConsent, refuses: refuses}
	}
	register(s, own("get-my-consents", http.MethodGet, "/me/consents", "Where the pupil's own name is shown, and who agreed to it."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[ownConsents], error) {
			return answer(s.ownConsents(ctx, actor))
		})
	register(s, own("decide-my-consents", http.MethodPost, "/me/consents", "Agree to the own name being shown, or withdraw. A withdrawal holds at once.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *ownConsentInput) (*body[ownConsents], error) {
			list := make([]consent.NewEvent, len(in.Body.Events))
			for i, e := range in.Body.Events {
				id, err := parseID("body.events", e.ID)
				if err != nil {
					return nil, err
				}
				list[i] = consent.NewEvent{ID: id, Kind: e.Kind, Act: e.Act, TextVersion: e.TextVersion}
			}
			if err := s.Consents.Decide(ctx, actor, list); err != nil {
				return nil, err
			}
			return answer(s.ownConsents(ctx, actor))
		})
	s.classConsentOperations()
	s.consentFileOperations()
	s.consentCodeOperations()
}

func (s *server) classConsentOperations() {
	read := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "households", action: models.ActRecordConsent, refuses: refuses}
	}
	register(s, read("list-class-consents", http.MethodGet, "/classes/{id}/consents", "What each pupil of a class and the guardians agreed to, by given name."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[classConsents], error) {
			return withID(in, func(id models.ID) (classConsents, error) { return s.classConsents(ctx, actor, id) })
		})
	register(s, read("record-consents", http.MethodPost, "/classes/{id}/consents",
		"Write down what children and guardians agreed to or withdrew: all or none. Nothing is ever changed or deleted.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *consentsInput) (*body[classConsents], error) {
			return withID(&in.ByID, func(id models.ID) (classConsents, error) { return s.recordConsents(ctx, actor, id, in.Body.Events) })
		})
}

// consentCodeOperations is what a guardian does with the code on the form.
func (s *server) consentCodeOperations() {
	public := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "public", action: models.ActPublic, pace: s.paces.verify, refuses: refuses}
	}
	type input struct {
		Code string `path:"code" maxLength:"40" doc:"As printed; spaces, dashes and small letters are fine."`
	}
	register(s, public("get-consent-by-code", http.MethodGet, "/consent/{code}", "What a form's code can withdraw; nothing about the pupil."),
		func(ctx context.Context, _ models.Actor, in *input) (*body[list[consentChoice]], error) {
			rows, err := s.Consents.ByCode(ctx, in.Code)
			return answer(listed(converted(rows, choiceOf), ""), err)
		})
	register(s, public("withdraw-consent-by-code", http.MethodPost, "/consent/{code}/withdrawal",
		"A guardian takes consent back with the code on the form. The code can do nothing else.", models.KindConflict),
		func(ctx context.Context, _ models.Actor, in *codeWithdrawalInput) (*body[list[consentChoice]], error) {
			list := make([]consent.NewEvent, len(in.Body.Events))
			for i, e := range in.Body.Events {
				id, err := parseID("body.events", e.ID)
				if err != nil {
					return nil, err
				}
				list[i] = consent.NewEvent{ID: id, Kind: e.Kind}
			}
			rows, err := s.Consents.WithdrawByCode(ctx, in.Code, list)
			return answer(listed(converted(rows, choiceOf), ""), err)
		})
}

func consentTexts(list []consent.Text) []consentText { return converted(list, consentTextOf) }

func consentTextOf(t consent.Text) consentText {
	return consentText{Kind: t.Kind, Version: t.Version, Vi: consentWords(t.Vi), En: consentWords(t.En)}
}

func choiceOf(c consent.Choice) consentChoice {
	return consentChoice{Text: consentTextOf(c.Text), Granted: c.Granted, Withdrawn: c.Withdrawn}
}

func standingOf(k consent.Standing) consentStanding {
	return consentStanding{Kind: k.Kind, Shown: k.Shown, Complete: k.Complete, ChildMust: k.ChildMust, GuardianMust: k.GuardianMust, Optional: k.Optional,
		Child: saidOf(k.LastChild), Guardian: saidOf(k.LastGuardian)}
}

func saidOf(e *consent.Event) *consentSaid {
	if e == nil {
		return nil
	}
	return &consentSaid{Act: e.Act, On: e.OnDate, Relation: e.Relation, Channel: e.Channel, TextVersion: e.TextVersion, By: e.RecordedName}
}

func (s *server) ownConsents(ctx context.Context, actor models.Actor) (ownConsents, error) {
	sheet, err := s.Consents.Mine(ctx, actor)
	out := ownConsents{Texts: consentTexts(consent.TextsOn(models.Day(s.Clock.Now()))), Kinds: filled(converted(sheet.Kinds, standingOf))}
	for _, k := range out.Kinds {
		for _, said := range []*consentSaid{k.Child, k.Guardian} {
			if said != nil {
				said.By = "" // the way is enough for a pupil
			}
		}
	}
	return out, err
}

// consentClass answers the pupils of a class whose consent the actor keeps.
func (s *server) consentClass(ctx context.Context, actor models.Actor, class models.ID) ([]people.Student, error) {
	reach, err := models.Allow(actor, models.ActRecordConsent)
	if err != nil {
		return nil, err
	}
	if _, err := s.Places.Class(ctx, reach, class); err != nil {
		return nil, err
	}
	return people.ClassStudents(s.DB.Read(ctx), class)
}

func (s *server) classConsents(ctx context.Context, actor models.Actor, class models.ID) (classConsents, error) {
	out := classConsents{Texts: consentTexts(consent.TextsOn(models.Day(s.Clock.Now()))), Items: []consentRow{}}
	students, err := s.consentClass(ctx, actor, class)
	if err != nil {
		return out, err
	}
	sheets, err := s.Consents.Sheets(ctx, actor, converted(students, func(p people.Student) models.ID { return p.ID }))
	if err != nil {
		return out, err
	}
	for i, sheet := range sheets {
		out.Items = append(out.Items, consentRow{PersonID: sheet.PersonID.String(), Name: students[i].FullName, Code: sheet.Code,
			Complete: sheet.Complete(), Kinds: converted(sheet.Kinds, standingOf)})
	}
	return out, nil
}

func (s *server) recordConsents(ctx context.Context, actor models.Actor, class models.ID, in []NewConsent) (classConsents, error) {
	students, err := s.consentClass(ctx, actor, class)
	if err != nil {
		return classConsents{}, err
	}
	of := map[models.ID]bool{}
	for _, p := range students {
		of[p.ID] = true
	}
	list := make([]consent.NewEvent, len(in))
	for i, e := range in {
		id, err := parseID("body.events", e.ID)
		if err != nil {
			return classConsents{}, err
		}
		person, err := parseID("body.events", e.PersonID)
		if err != nil {
			return classConsents{}, err
		}
		if !of[person] {
			return classConsents{}, models.NotFound() // of another class, whoever asks
		}
		list[i] = consent.NewEvent{ID: id, PersonID: person, Kind: e.Kind, Party: e.Party, Act: e.Act, Relation: e.Relation,
			TextVersion: e.TextVersion, Channel: e.Channel, OnDate: e.On}
	}
	if err := s.Consents.Record(ctx, actor, list); err != nil {
		return classConsents{}, err
	}
	return s.classConsents(ctx, actor, class)
}
