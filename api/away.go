package api

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net"
	"net/http"
	"slices"
	"strings"

	"nhaso/models"
	"nhaso/models/classroom"
)

// Away is set on a classroom laptop: how it is reached in the room, and its own
// way to the province's server.
type Away struct {
	Addresses func() []string // http://192.168.1.5:8080, the likeliest first
	Line      interface {
		Enrol(ctx context.Context, server, code string) error
		FetchPack(ctx context.Context) (classroom.LoadReport, error)
	}
}

type joinServerInput struct {
	Body struct {
		Server string `json:"server" minLength:"1" maxLength:"200" doc:"Address of the province's server."`
		Code   string `json:"code" minLength:"1" maxLength:"40"`
	}
}

// awayOperations are those of a laptop. On a server that is none, all but the
// first are not found.
func (s *server) awayOperations() {
	register(s, op{id: "get-classroom", method: http.MethodGet, path: "/classroom", tag: "classroom", action: models.ActPublic,
		summary: "Whether this is a classroom laptop, how it is reached in the room, and how many are in."},
		func(ctx context.Context, _ models.Actor, _ *none) (*body[classroom.Here], error) {
			if s.Away == nil {
				return answer(classroom.Here{Classes: []classroom.LaptopClass{}, Addresses: []string{}}, nil)
			}
			return answer(s.Classroom.HereOn(ctx, s.Away.Addresses()))
		})
	keep := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "classroom", action: models.ActKeepLaptop,
			refuses: append(refuses, models.KindNotFound, models.KindConflict)}
	}
	register(s, keep("get-classroom-status", http.MethodGet, "/classroom/status", "Whose work is safe on the province's server, whose waits, whose device must stay."),
		away(s, func(ctx context.Context, actor models.Actor, _ *none) (*body[classroom.Status], error) {
			return answer(s.Classroom.Status(ctx, actor))
		}))
	register(s, keep("push-classroom", http.MethodPost, "/classroom/push", "Bring the results home now."),
		away(s, func(ctx context.Context, actor models.Actor, _ *none) (*body[classroom.PushReport], error) {
			return answer(s.Classroom.PushNow(ctx, actor))
		}))
	registerFile(s, keep("get-classroom-results", http.MethodGet, "/classroom/results", "The file of everything that is not known to be safe."), "application/octet-stream",
		func(ctx context.Context, _ models.Actor, _ *none) (*file, error) {
			if s.Away == nil {
				return nil, models.NotFound()
			}
			var out bytes.Buffer
			_, err := s.Classroom.Export(ctx, &out)
			return &file{"ket-qua-lop.nhaso", "application/octet-stream", out.Bytes()}, err
		})
	registerUpload(s, keep("upload-classroom-receipts", http.MethodPost, "/classroom/receipts", "Take the receipts file that came back from the province.", models.KindInvalid), map[string]string{},
		func(ctx context.Context, _ models.Actor, _ *none, form *fileForm) (*body[countView], error) {
			if s.Away == nil {
				return nil, models.NotFound()
			}
			n, err := s.Classroom.ImportReceipts(ctx, form)
			return answer(countView{n}, err)
		})
	register(s, keep("fetch-classroom-pack", http.MethodPost, "/classroom/pack/fetch", "Fetch today's class pack over the network."),
		away(s, func(ctx context.Context, _ models.Actor, _ *none) (*body[classroom.LoadReport], error) {
			return answer(s.Away.Line.FetchPack(ctx))
		}))
	s.setupOperations()
}

type countView struct {
	Count int `json:"count"`
}

// away lets an operation exist on a laptop only.
func away[I, O any](s *server, handle func(context.Context, models.Actor, *I) (*O, error)) func(context.Context, models.Actor, *I) (*O, error) {
	return func(ctx context.Context, actor models.Actor, in *I) (*O, error) {
		if s.Away == nil {
			return nil, models.NotFound()
		}
		return handle(ctx, actor, in)
	}
}

// setupOperations make a fresh laptop ready. Nobody has an account on it yet,
// so they are answered to whoever sits at it and to nobody else in the room.
func (s *server) setupOperations() {
	setup := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "classroom", action: models.ActPublic, pace: s.paces.verify,
			refuses: append(refuses, models.KindNotFound, models.KindConflict)}
	}
	registerFile(s, setup("get-classroom-request", http.MethodGet, "/classroom/setup/request", "The file with which this laptop asks to be enrolled."), "application/octet-stream",
		func(ctx context.Context, _ models.Actor, _ *none) (*file, error) {
			if err := s.atLaptop(ctx); err != nil {
				return nil, err
			}
			keys, err := s.Classroom.Prepare(ctx)
			if err != nil {
				return nil, err
			}
			raw, err := json.Marshal(keys)
			return &file{"ghi-danh-may.nhaso", "application/octet-stream", raw}, err
		})
	register(s, setup("join-classroom-server", http.MethodPost, "/classroom/setup/server", "Enrol this laptop over the network with a code, and fetch its class pack.", models.KindInvalid),
		away(s, func(ctx context.Context, _ models.Actor, in *joinServerInput) (*body[classroom.LoadReport], error) {
			if err := s.atLaptop(ctx); err != nil {
				return nil, err
			}
			if err := s.Away.Line.Enrol(ctx, in.Body.Server, in.Body.Code); err != nil {
				return nil, err
			}
			return answer(s.Away.Line.FetchPack(ctx))
		}))
	registerUpload(s, setup("load-classroom-pack", http.MethodPost, "/classroom/setup/pack", "Load a class pack from a file. It is signed and sealed to this laptop.", models.KindInvalid), map[string]string{},
		func(ctx context.Context, _ models.Actor, _ *none, form *fileForm) (*body[classroom.LoadReport], error) {
			if err := s.atLaptop(ctx); err != nil {
				return nil, err
			}
			if _, err := s.Classroom.Prepare(ctx); err != nil {
				return nil, err
			}
			return answer(s.Classroom.LoadPack(ctx, form))
		})
}

// atLaptop refuses everybody who does not sit at the laptop itself.
func (s *server) atLaptop(ctx context.Context) error {
	ip := net.ParseIP(requestOf(ctx).addr)
	if s.Away == nil || ip == nil || !ip.IsLoopback() {
		return models.NotFound()
	}
	return nil
}

// stays lists whose writes a laptop takes: the lesson's own, all of which come
// home, and signing in and out.
var stays = []models.Action{models.ActPublic, models.ActWhoAmI, models.ActOwnAccount, models.ActLearn, models.ActRunSession, models.ActKeepLaptop}

// notAway lists operations of those actions whose results would stay on the
// laptop for ever.
var notAway = []string{"begin-family-mission", "confirm-family-mission", "change-password"}

// comesHome tells whether an operation may run on a laptop: it reads, or what
// it writes finds its way to the province. Anything else is refused with the
// reason instead of being lost.
func comesHome(o op) bool {
	switch {
	case o.method == http.MethodGet:
		return true
	case o.id == "set-accommodation":
		return true
	case o.action == models.ActTeach:
		return strings.HasPrefix(o.path, "/lesson-sessions") || strings.HasPrefix(o.path, "/classes/{id}/lesson-sessions")
	}
	return slices.Contains(stays, o.action) && !slices.Contains(notAway, o.id)
}

// splitList reads ids separated by commas.
func splitList(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}
