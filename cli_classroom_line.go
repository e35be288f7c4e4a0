package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/classroom"
)

// provinceLine is a laptop's way to the province's server.
type provinceLine struct{ room *classroom.Classroom }

// One request on a poor line may take this long.
var provinceClient = &http.Client{Timeout: 60 * time.Second}

// mostAnswer bounds what is read of an answer: a class pack with its pictures.
const mostAnswer = 64 << 20

// Send implements classroom.Carrier.
func (p *provinceLine) Send(ctx context.Context, server string, batch []byte) ([]byte, error) {
	raw, err := p.post(ctx, server, "/laptop-batches", map[string]string{"batch": string(batch)})
	if err != nil {
		return nil, err
	}
	var out struct{ Receipt string }
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, models.Fail(models.KindUnavailable, "unavailable") // a captive portal answers anything
	}
	return []byte(out.Receipt), nil
}

// Enrol enrols this laptop with a code.
func (p *provinceLine) Enrol(ctx context.Context, server, code string) error {
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	keys, err := p.room.Prepare(ctx)
	if err != nil {
		return err
	}
	raw, err := p.post(ctx, strings.TrimRight(server, "/"), "/laptop-enrolments", map[string]any{"code": code, "keys": keys})
	if err != nil {
		return err
	}
	var e classroom.Enrolled
	if err := json.Unmarshal(raw, &e); err != nil {
		return models.Fail(models.KindUnavailable, "unavailable")
	}
	return p.room.Joined(ctx, server, e)
}

// FetchPack fetches and loads today's class pack.
func (p *provinceLine) FetchPack(ctx context.Context) (classroom.LoadReport, error) {
	asked, server, err := p.room.Ask(ctx)
	if err != nil {
		return classroom.LoadReport{}, err
	}
	raw, err := p.post(ctx, server, "/laptop-packs", asked)
	if err != nil {
		return classroom.LoadReport{}, err
	}
	return p.room.LoadPack(ctx, bytes.NewReader(raw))
}

// post asks the server. What it refuses comes back as the error it named, what
// does not reach it as unavailable.
func (p *provinceLine) post(ctx context.Context, server, path string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return nil, models.InvalidField("server", "invalid")
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := provinceClient.Do(req)
	if err != nil {
		return nil, &models.Error{Kind: models.KindUnavailable, Code: "unreachable", Err: err}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return nil, &models.Error{Kind: models.KindUnavailable, Code: "unreachable", Err: err}
	}
	if res.StatusCode == http.StatusOK {
		return raw, nil
	}
	return nil, refusalOf(res, raw)
}

// kindsOf are the kinds that a laptop tells apart.
var kindsOf = map[int]models.Kind{
	http.StatusForbidden: models.KindForbidden, http.StatusNotFound: models.KindNotFound, http.StatusConflict: models.KindConflict,
	http.StatusUnprocessableEntity: models.KindInvalid, http.StatusBadRequest: models.KindInvalid, http.StatusGone: models.KindClosed,
}

// refusalOf reads a problem document. Anything else did not come from the
// server: a portal, a proxy, a page of the network.
func refusalOf(res *http.Response, raw []byte) error {
	var problem struct {
		Code   string            `json:"code"`
		Detail map[string]string `json:"details"`
	}
	kind, known := kindsOf[res.StatusCode]
	if !known || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(raw, &problem) != nil {
		return &models.Error{Kind: models.KindUnavailable, Code: "unreachable", Err: fmt.Errorf("status %d", res.StatusCode)}
	}
	return &models.Error{Kind: kind, Code: problem.Code, Detail: problem.Detail}
}
