package models

import (
	"errors"
	"fmt"
	"strings"
)

// Kind sorts errors by what the caller can do about them. The edge (package
// api) maps each kind to one HTTP status; nothing else looks at it.
type Kind string

// The kinds. Anything that is not an *Error counts as internal.
const (
	KindInvalid         Kind = "invalid"           // the input is wrong: mend and send again
	KindUnauthenticated Kind = "unauthenticated"   // sign in first
	KindForbidden       Kind = "forbidden"         // signed in, but the action is not the role's
	KindNotFound        Kind = "not_found"         // absent, or outside the actor's scope
	KindConflict        Kind = "conflict"          // the state changed under the caller
	KindClosed          Kind = "closed"            // the window for it is over
	KindLocked          Kind = "locked"            // locked for a while after too many failures
	KindTooMany         Kind = "too_many_requests" // slow down
	KindTooLarge        Kind = "too_large"         // the file or list is over its limit
	KindUnavailable     Kind = "unavailable"       // try again later, nothing was written
	KindInternal        Kind = "internal"          // ours to mend
)

// Field names a place in the input and why it was refused. It never carries
// the offending value: it may be a child's name or a secret.
type Field struct {
	Location string `json:"location"` // "body.username", "row 12, column Ngày sinh"
	Code     string `json:"code"`     // translated by the front end
}

// Error is the only error a room shows to the outside.
type Error struct {
	Kind       Kind
	Code       string  // stable, translated by the front end; defaults to the kind
	Fields     []Field // places in the input, if any
	RetryAfter int     // seconds, for KindLocked and KindTooMany
	Detail     map[string]string
	Err        error // cause, for the log only
}

// Error is for logs and tests; users see the translation of Code.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Location, f.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// With adds a detail that the client may act on, such as the id of the attempt
// already open. Values must not be personal data.
func (e *Error) With(key, value string) *Error {
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail[key] = value
	return e
}

// Invalid makes a KindInvalid error with a code and the fields it concerns.
func Invalid(code string, fields ...Field) *Error {
	return &Error{Kind: KindInvalid, Code: code, Fields: fields}
}

// InvalidField is Invalid for one place: the error's code is "invalid", the
// field's code says why.
func InvalidField(location, code string) *Error {
	return Invalid("invalid", Field{Location: location, Code: code})
}

// NotFound makes a KindNotFound error. It says nothing of what was sought, so
// that "absent" and "not yours" cannot be told apart.
func NotFound() *Error { return &Error{Kind: KindNotFound, Code: "not_found"} }

// Conflict makes a KindConflict error with a code of its own.
func Conflict(code string) *Error { return &Error{Kind: KindConflict, Code: code} }

// Fail makes an error of any kind.
func Fail(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// KindOf answers the kind of the first *Error in the chain, KindInternal for
// any other error and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// CodeOf answers the code of the first *Error in the chain, "internal" for any
// other error and "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return string(KindInternal)
}
