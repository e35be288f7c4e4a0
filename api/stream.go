package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"nhaso/models"
	"nhaso/models/learning"
)

// The pace of a stream: a comment at least that often, so that no proxy on the
// way takes it for dead; with it the access is asked for anew, so that a token
// that was revoked or ran out ends it. A reader who has not taken an event
// streamPatience after the next one was due is let go.
const (
	streamBeat     = 15 * time.Second
	streamPatience = 10 * time.Second
)

// streams ends the path of every operation that answers with events: they go
// around compression, and their length says nothing about speed.
const streams = "/events"

func isStream(path string) bool { return strings.HasSuffix(path, streams) }

type eventsInput struct {
	ByID
	Last string `header:"Last-Event-ID" maxLength:"40" doc:"The version seen last: nothing is sent while it is still the newest."`
}

// boardChange is a board with only those pupils of whom something changed.
type boardChange struct {
	Session learning.Session     `json:"session"`
	Version string               `json:"version"`
	Pupils  []learning.LivePupil `json:"pupils"`
}

// streamBoard registers the monitor as server-sent events: "board" with all
// pupils, then "pupils" with those that changed, "beat" while nothing does, "bye" before the
// server ends it. Whoever cannot keep a stream asks for get-live-board instead.
func (s *server) streamBoard() {
	o := runSession("watch-live-board", http.MethodGet, "/lesson-sessions/{id}"+streams, "The monitor of a lesson as server-sent events: board, pupils, bye.")
	o.within = -1
	h := s.describe(o)
	h.Responses = map[string]*huma.Response{"200": {Description: "Events until the lesson is over or the access ends", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[boardChange](), true, o.id)}}}}
	type output struct{ Body func(huma.Context) }
	huma.Register(s.huma, h, func(ctx context.Context, in *eventsInput) (*output, error) {
		id, err := in.id()
		if err != nil {
			return nil, err
		}
		watching, err := s.Learning.Watch(ctx, requestOf(ctx).actor, id)
		if err != nil {
			return nil, err
		}
		return &output{Body: func(ctx huma.Context) {
			defer watching.Stop()
			g := humagin.Unwrap(ctx)
			e := &events{w: g.Writer, rc: http.NewResponseController(g.Writer), within: s.StreamBeat + streamPatience}
			s.stream(g.Request, e, watching, id, in.Last)
		}}, nil
	})
}

// events writes server-sent events to one reader.
type events struct {
	w      http.ResponseWriter
	rc     *http.ResponseController
	within time.Duration
	err    error
}

// send writes and flushes. The deadline reaches beyond the next sign of life: one
// that passed between two writes would end the stream where HTTP/2 is spoken. A
// writer that knows no deadline (a test's) has none.
func (e *events) send(text string) {
	if e.err != nil {
		return
	}
	_ = e.rc.SetWriteDeadline(machineTime().Add(e.within))
	if _, e.err = e.w.Write([]byte(text)); e.err == nil {
		e.err = e.rc.Flush()
	}
}

func (e *events) event(name, id string, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		e.err = err
		return
	}
	e.send(fmt.Sprintf("event: %s\nid: %s\ndata: %s\n\n", name, id, text))
}

// bye ends a stream with a word of why: closed, signed_out, stopping.
func (e *events) bye(why string) { e.send("event: bye\ndata: " + why + "\n\n") }

// stream serves one reader until one of the two goes.
func (s *server) stream(r *http.Request, e *events, watching *learning.Watching, id models.ID, last string) {
	h := e.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
	e.send("retry: 3000\n\n")
	beat := time.NewTicker(s.StreamBeat)
	defer beat.Stop()
	var shown *learning.LiveBoard
	for e.err == nil {
		select {
		case <-r.Context().Done():
			return
		case <-s.Stopping:
			e.bye("stopping")
			return
		case <-beat.C:
			if s.mayStillWatch(r, id) != nil {
				e.bye("signed_out")
				return
			}
			e.send(": on\nevent: beat\ndata: 1\n\n") // a comment for proxies, an event for the page
		case b := <-watching.Boards():
			if shown != nil || b.Version != last {
				e.board(shown, b)
			}
			shown = b
			if b.Session.State == "closed" {
				e.bye("closed")
				return
			}
		}
	}
}

// board sends what changed since the board shown before, or all of it.
func (e *events) board(before, now *learning.LiveBoard) {
	if before == nil || len(before.Pupils) != len(now.Pupils) {
		e.event("board", now.Version, now)
		return
	}
	change := boardChange{Session: now.Session, Version: now.Version, Pupils: []learning.LivePupil{}}
	for i, p := range now.Pupils {
		if before.Pupils[i].PersonID != p.PersonID {
			e.event("board", now.Version, now)
			return
		}
		if !reflect.DeepEqual(before.Pupils[i], p) {
			change.Pupils = append(change.Pupils, p)
		}
	}
	e.event("pupils", now.Version, change)
}

// mayStillWatch asks for the access anew, as if the request came now.
func (s *server) mayStillWatch(r *http.Request, id models.ID) error {
	actor, err := s.actorOf(r)
	if err != nil {
		return err
	}
	return s.Learning.MayWatch(r.Context(), actor, id)
}
