package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"nhaso/models"
	"nhaso/models/classroom"
)

type newLaptopInput struct {
	Body struct {
		ID       string   `json:"id" maxLength:"36" doc:"Made by the client: a repeat answers the same laptop, with a fresh code."`
		Name     string   `json:"name" maxLength:"200"`
		ClassIDs []string `json:"class_ids" minItems:"1" maxItems:"20" nullable:"false"`
	}
}

type newLaptop struct {
	classroom.Laptop
	Code string `json:"code" doc:"Shown once: the laptop enrols with it over the network within 72 hours."`
}

type enrolInput struct {
	Body struct {
		Code string         `json:"code" maxLength:"40"`
		Keys classroom.Keys `json:"keys"`
	}
}

type batchInput struct {
	Body struct {
		Batch string `json:"batch" maxLength:"1048576" doc:"One signed batch as the laptop encoded it."`
	}
}

type receiptView struct {
	Receipt string `json:"receipt" doc:"The signed receipt; a repeat gets the one of the first time."`
}

type resultsView struct {
	classroom.FileReport
	Receipts string `json:"receipts" doc:"The file for the way back to the laptop."`
}

// laptopOperations are the province's side of classrooms on one laptop. What
// laptops themselves ask is public and proved by their signature.
func (s *server) laptopOperations() {
	keep := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "laptops", action: models.ActKeepLaptop, refuses: refuses}
	}
	register(s, keep("list-laptops", http.MethodGet, "/laptops", "The classroom laptops of the own school or classes, with when their results last came."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[classroom.Laptop]], error) {
			rows, err := s.Classroom.Laptops(ctx, actor)
			return answer(listed(rows, ""), err)
		})
	register(s, keep("register-laptop", http.MethodPost, "/laptops", "Make a place for a laptop and the code with which it enrols.",
		models.KindNotFound, models.KindConflict), s.registerLaptop)
	registerUpload(s, keep("enrol-laptop-by-file", http.MethodPost, "/laptops/from-file", "Enrol a laptop from the request file that it saved.",
		models.KindNotFound, models.KindConflict), map[string]string{
		"id": "Made by the client.", "name": "Of the laptop.", "class_ids": "Ids of classes of one school, separated by commas.",
	}, s.enrolLaptopByFile)
	register(s, keep("revoke-laptop", http.MethodPost, "/laptops/{id}/revocation", "Stop a laptop at once: nothing more is taken from it."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[classroom.Laptop], error) {
			return withID(in, func(id models.ID) (classroom.Laptop, error) { return s.Classroom.Revoke(ctx, actor, id) })
		})
	registerFile(s, keep("get-laptop-pack", http.MethodGet, "/laptops/{id}/pack", "The class pack of a laptop, which only this laptop opens.", models.KindConflict),
		"application/octet-stream", func(ctx context.Context, actor models.Actor, in *ByID) (*file, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			raw, err := s.Classroom.Pack(ctx, actor, id)
			return &file{"goi-lop.nhaso", "application/octet-stream", raw}, err
		})
	registerUpload(s, keep("upload-laptop-results", http.MethodPost, "/laptops/results",
		"Take the results file of a laptop. Loading it twice, or after the network brought the same, changes nothing.",
		models.KindNotFound, models.KindConflict, models.KindInvalid), map[string]string{}, s.laptopResults)
	s.laptopMachineOperations()
}

// laptopMachineOperations are asked by laptops, not by people.
func (s *server) laptopMachineOperations() {
	machine := func(id, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: http.MethodPost, path: path, summary: summary, tag: "laptops", action: models.ActPublic, refuses: refuses}
	}
	enrol := machine("enrol-laptop", "/laptop-enrolments", "A laptop enrols its keys with a code. Wrong, used and old codes get the same reply.",
		models.KindNotFound, models.KindConflict)
	enrol.pace = s.paces.signIn
	register(s, enrol, func(ctx context.Context, _ models.Actor, in *enrolInput) (*body[classroom.Enrolled], error) {
		return answer(s.Classroom.Enrol(ctx, in.Body.Code, in.Body.Keys))
	})
	pack := machine("fetch-laptop-pack", "/laptop-packs", "A laptop fetches its class pack; the question is signed, the file is sealed to it.", models.KindForbidden)
	pack.pace = s.paces.verify
	registerFile(s, pack, "application/octet-stream", func(ctx context.Context, _ models.Actor, in *struct{ Body classroom.Asked }) (*file, error) {
		raw, err := s.Classroom.PackFor(ctx, in.Body)
		return &file{"goi-lop.nhaso", "application/octet-stream", raw}, err
	})
	register(s, machine("send-laptop-batch", "/laptop-batches", "A laptop brings one numbered, signed batch of results and gets a signed receipt.",
		models.KindForbidden, models.KindConflict, models.KindInvalid),
		func(ctx context.Context, _ models.Actor, in *batchInput) (*body[receiptView], error) {
			receipt, err := s.Classroom.Apply(ctx, []byte(in.Body.Batch), classroom.ViaNetwork)
			if err != nil {
				return nil, err
			}
			raw, err := json.Marshal(receipt)
			return answer(receiptView{string(raw)}, err)
		})
}

func (s *server) registerLaptop(ctx context.Context, actor models.Actor, in *newLaptopInput) (*body[newLaptop], error) {
	n, err := laptopOf(in.Body.ID, in.Body.Name, in.Body.ClassIDs)
	if err != nil {
		return nil, err
	}
	l, code, err := s.Classroom.Register(ctx, actor, n)
	return answer(newLaptop{l, models.GroupCode(code)}, err)
}

func laptopOf(id, name string, classes []string) (n classroom.NewLaptop, err error) {
	n.Name = name
	if n.ID, err = parseID("body.id", id); err != nil {
		return n, err
	}
	for _, text := range classes {
		class, err := models.ParseID(text)
		if err != nil {
			return n, models.NotFound()
		}
		n.Classes = append(n.Classes, class)
	}
	return n, nil
}

func (s *server) enrolLaptopByFile(ctx context.Context, actor models.Actor, _ *none, form *fileForm) (*body[classroom.Laptop], error) {
	n, err := laptopOf(form.fields["id"], form.fields["name"], slices.Collect(splitList(form.fields["class_ids"])))
	if err != nil {
		return nil, err
	}
	keys, err := classroom.ReadKeys(form)
	if err != nil {
		return nil, err
	}
	return answer(s.Classroom.EnrolByFile(ctx, actor, n, keys))
}

func (s *server) laptopResults(ctx context.Context, actor models.Actor, _ *none, form *fileForm) (*body[resultsView], error) {
	report, err := s.Classroom.ApplyFile(ctx, actor, form)
	if err != nil {
		return nil, err
	}
	var back bytes.Buffer
	if err := classroom.WriteReceipts(&back, report.Receipts); err != nil {
		return nil, err
	}
	return answer(resultsView{report, back.String()}, nil)
}
