package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"nhaso/models"
)

// Problem is the body of every refusal (RFC 9457). The front end translates
// Code; Title and Detail are for a programmer reading the network log. No
// member ever repeats what the caller sent.
type Problem struct {
	Type      string         `json:"type" doc:"Address of a page that explains the code." example:"/problems/not_found"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable; translated by the front end." example:"not_found"`
	Detail    string         `json:"detail,omitempty"`
	Errors    []models.Field `json:"errors,omitempty" doc:"Places in the input and why each was refused."`
	RequestID string         `json:"request_id,omitempty"`

	RetryAfter int    `json:"retry_after,omitempty" doc:"Seconds until another try makes sense."`
	DetailID   string `json:"detail_id,omitempty" doc:"Identifier of the object in the way, such as the attempt already open."`
	LastSeq    *int64 `json:"last_seq,omitempty" doc:"Last sequence number that the server holds."`

	Details map[string]string `json:"details,omitempty" doc:"Further facts, by code."`
}

// statusOf is the one mapping of kinds to HTTP.
var statusOf = map[models.Kind]int{
	models.KindInvalid:         http.StatusUnprocessableEntity,
	models.KindUnauthenticated: http.StatusUnauthorized,
	models.KindForbidden:       http.StatusForbidden,
	models.KindNotFound:        http.StatusNotFound,
	models.KindConflict:        http.StatusConflict,
	models.KindClosed:          http.StatusConflict,
	models.KindLocked:          http.StatusLocked,
	models.KindTooMany:         http.StatusTooManyRequests,
	models.KindTooLarge:        http.StatusRequestEntityTooLarge,
	models.KindUnavailable:     http.StatusServiceUnavailable,
	models.KindInternal:        http.StatusInternalServerError,
}

// kindOfStatus reads huma's own refusals, and gin's, back into kinds.
var kindOfStatus = map[int]models.Kind{
	http.StatusBadRequest:            models.KindInvalid,
	http.StatusUnprocessableEntity:   models.KindInvalid,
	http.StatusUnsupportedMediaType:  models.KindInvalid,
	http.StatusNotAcceptable:         models.KindInvalid,
	http.StatusUnauthorized:          models.KindUnauthenticated,
	http.StatusForbidden:             models.KindForbidden,
	http.StatusNotFound:              models.KindNotFound,
	http.StatusMethodNotAllowed:      models.KindInvalid,
	http.StatusConflict:              models.KindConflict,
	http.StatusTooManyRequests:       models.KindTooMany,
	http.StatusRequestEntityTooLarge: models.KindTooLarge,
	http.StatusRequestTimeout:        models.KindUnavailable,
	http.StatusServiceUnavailable:    models.KindUnavailable,
}

// titles are plain English, one a kind.
var titles = map[models.Kind]string{
	models.KindInvalid:         "The request is not right",
	models.KindUnauthenticated: "Sign in first",
	models.KindForbidden:       "Not for this role",
	models.KindNotFound:        "Not found",
	models.KindConflict:        "The state has changed",
	models.KindClosed:          "The window for it is over",
	models.KindLocked:          "Locked for a while",
	models.KindTooMany:         "Too many requests",
	models.KindTooLarge:        "Too large",
	models.KindUnavailable:     "Try again later",
	models.KindInternal:        "Something went wrong here",
}

// Error makes a Problem an error that huma can answer with.
func (p *Problem) Error() string { return p.Code }

// GetStatus tells huma the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType marks the JSON as a problem.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// init replaces huma's error body, which repeats the offending values, for the
// whole process: huma keeps the constructor in a package variable.
func init() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return problemOfStatus(status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		p := problemOfStatus(status, errs)
		if cause := ctx.Context().Err(); cause != nil && p.Code == string(models.KindInternal) {
			p = problemOf(cause) // the driver's own word for it varies
		}
		p.RequestID = requestID(ctx.Context())
		if p.RetryAfter > 0 {
			ctx.SetHeader("Retry-After", strconv.Itoa(p.RetryAfter))
		}
		if p.Status >= http.StatusInternalServerError {
			logFailure(ctx.Context(), ctx.Operation().OperationID, p, errors.Join(errs...))
		}
		return p
	}
}

// problemOfStatus makes the problem of a refusal that came through huma: an
// error that a handler returned, or a failed validation.
func problemOfStatus(status int, errs []error) *Problem {
	if status == http.StatusInternalServerError && len(errs) == 1 {
		return problemOf(errs[0])
	}
	p := bare(kindOfStatus[status], "")
	if status >= 400 {
		p.Status = status
	}
	for _, err := range errs {
		if tooLarge(err) {
			return bare(models.KindTooLarge, "")
		}
		p.Errors = append(p.Errors, fieldOf(err))
	}
	return p
}

// problemOf makes the problem of any error. What is not a models.Error is
// internal, and says nothing of itself.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var e *models.Error
	switch {
	case errors.As(err, &e):
	case tooLarge(err):
		return bare(models.KindTooLarge, "")
	case errors.Is(err, context.DeadlineExceeded):
		return bare(models.KindUnavailable, "timeout")
	case errors.Is(err, context.Canceled):
		return bare(models.KindUnavailable, "cancelled")
	default:
		return bare(models.KindInternal, "")
	}
	p = bare(e.Kind, e.Code)
	p.Errors, p.RetryAfter = e.Fields, e.RetryAfter
	for key, value := range e.Detail {
		p.detail(key, value)
	}
	return p
}

// detail places one detail of a models.Error: the three that clients compute
// with are members of their own.
func (p *Problem) detail(key, value string) {
	switch key {
	case "detail_id", "id":
		p.DetailID = value
	case "last_seq":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			p.LastSeq = &n
		}
	default:
		if p.Details == nil {
			p.Details = map[string]string{}
		}
		p.Details[key] = value
	}
}

func bare(kind models.Kind, code string) *Problem {
	if statusOf[kind] == 0 {
		kind = models.KindInternal
	}
	if code == "" {
		code = string(kind)
	}
	return &Problem{Type: "/problems/" + code, Title: titles[kind], Status: statusOf[kind], Code: code}
}

func tooLarge(err error) bool {
	var most *http.MaxBytesError
	if errors.As(err, &most) {
		return true
	}
	// huma wraps a failed multipart read into its own text.
	var d *huma.ErrorDetail
	return errors.As(err, &d) && strings.Contains(d.Message, "request body too large")
}

// validationCodes turns huma's English into codes that the front end
// translates. The first prefix that fits decides.
var validationCodes = []struct{ prefix, code string }{
	{"expected required property ", "required"},
	{"required ", "required"},
	{"unexpected property", "unknown"},
	{"unknown query parameter", "unknown"},
	{"expected value to be one of", "unknown"},
	{"expected length >=", "too_short"},
	{"expected array length >=", "too_short"},
	{"expected length <=", "too_long"},
	{"expected array length <=", "too_long"},
	{"expected number >=", "too_small"},
	{"expected number <=", "too_large"},
	{"expected string to be RFC 3339 date-time", "invalid_time"},
	{"expected string to be RFC 3339 date", "invalid_date"},
}

// fieldOf keeps the place and the reason of a validation error and drops its
// value: it may be a child's name or a secret.
func fieldOf(err error) models.Field {
	var known *models.Error
	if errors.As(err, &known) && len(known.Fields) > 0 {
		return known.Fields[0]
	}
	var d *huma.ErrorDetail
	if !errors.As(err, &d) {
		return models.Field{Location: "body", Code: "invalid"}
	}
	f := models.Field{Location: d.Location, Code: "invalid"}
	for _, v := range validationCodes {
		if strings.HasPrefix(d.Message, v.prefix) {
			f.Code = v.code
			break
		}
	}
	if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name, _, _ = strings.Cut(name, " ")
		f.Location += "." + name
	}
	return f
}

// refuse answers a gin request with the problem of err and stops the chain.
func refuse(c *gin.Context, err error) {
	p := problemOf(err)
	p.RequestID = requestID(c.Request.Context())
	if p.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Status >= http.StatusInternalServerError {
		logFailure(c.Request.Context(), c.FullPath(), p, err)
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"code":"internal","status":500}`)
	}
	c.Abort()
	c.Data(p.Status, problemType, body)
}

// logFailure writes the cause of what is ours to mend. Causes come from the
// database and the standard library; rooms keep personal data out of them.
func logFailure(ctx context.Context, operation string, p *Problem, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	logOf(ctx).LogAttrs(ctx, slog.LevelError, "request failed",
		slog.String("operation", operation), slog.String("code", p.Code),
		slog.String("request_id", p.RequestID), slog.Any("error", err))
}
