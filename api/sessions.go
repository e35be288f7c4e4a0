package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"nhaso/models"
	"nhaso/models/people"
)

// sessionView is a session that has begun or goes on. The tokens are there for
// programs only: a browser gets them as cookies that its scripts cannot read.
type sessionView struct {
	AccessToken  string `json:"access_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int    `json:"expires_in" doc:"Seconds that the access token lives."`
	Me           meView `json:"me"`
}

type sessionOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      sessionView
}

// ended is 204 with the cookies taken back, or renewed.
type cookieOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

func (s *server) sessionOperations() {
	type credentials struct {
		Body struct {
			Username string `json:"username" minLength:"1" maxLength:"100"`
			Password string `json:"password" minLength:"1" maxLength:"200"`
			Code     string `json:"code,omitempty" maxLength:"40" doc:"Second factor: six digits of the app, or a recovery code."`
			Cookies  bool   `json:"cookies,omitempty" doc:"true for browsers: the tokens become cookies."`
		}
	}
	register(s, op{
		id: "sign-in", method: http.MethodPost, path: "/sessions", tag: "sessions", action: models.ActPublic,
		summary: "Sign in. An unknown name and a wrong password get the same reply.", pace: s.paces.signIn,
		refuses: []models.Kind{models.KindUnauthenticated, models.KindLocked},
	}, func(ctx context.Context, _ models.Actor, in *credentials) (*sessionOutput, error) {
		session, err := s.People.SignIn(ctx, people.Credentials{
			Username: in.Body.Username, Password: in.Body.Password, Code: in.Body.Code, Address: requestOf(ctx).addr})
		if err != nil {
			return nil, err
		}
		return s.begin(ctx, session, in.Body.Cookies)
	})
	register(s, op{
		id: "refresh-session", method: http.MethodPost, path: "/sessions/refresh", tag: "sessions", action: models.ActPublic,
		summary: "Trade a refresh token for a new pair. A token used twice ends the session.", pace: s.paces.refresh,
		refuses: []models.Kind{models.KindUnauthenticated},
	}, s.refresh)
	register(s, op{
		id: "sign-out", method: http.MethodDelete, path: "/sessions/current", tag: "sessions", action: models.ActPublic,
		summary: "End this session. It needs the refresh token only, so that it also works when the access token is over.",
		pace:    s.paces.refresh,
	}, func(ctx context.Context, _ models.Actor, in *refreshInput) (*cookieOutput, error) {
		if token, _ := in.token(); token != "" {
			if err := s.People.SignOut(ctx, token); err != nil {
				return nil, err
			}
		}
		return &cookieOutput{SetCookie: s.noCookies(ctx)}, nil
	})
	register(s, op{
		id: "sign-out-everywhere", method: http.MethodDelete, path: "/sessions", tag: "sessions", action: models.ActOwnAccount,
		summary: "End every session of the own account, on every device.",
	}, func(ctx context.Context, actor models.Actor, _ *none) (*cookieOutput, error) {
		if err := s.People.SignOutEverywhere(ctx, actor, actor.Account); err != nil {
			return nil, err
		}
		return &cookieOutput{SetCookie: s.noCookies(ctx)}, nil
	})
}

type refreshInput struct {
	Cookie string `cookie:"nhaso_refresh"`
	Body   *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"200"`
	}
}

// token answers the refresh token and whether it came as a cookie.
func (in *refreshInput) token() (token string, cookie bool) {
	if in.Body != nil && in.Body.RefreshToken != "" {
		return in.Body.RefreshToken, false
	}
	return in.Cookie, true
}

func (s *server) refresh(ctx context.Context, _ models.Actor, in *refreshInput) (*sessionOutput, error) {
	token, cookie := in.token()
	if token == "" {
		return nil, models.Fail(models.KindUnauthenticated, "unauthenticated")
	}
	session, err := s.SignIn.Refresh(ctx, token)
	if models.KindOf(err) == models.KindUnauthenticated && cookie {
		// The browser would otherwise send the dead token until it runs out.
		headers := http.Header{}
		for _, c := range s.noCookies(ctx) {
			headers.Add("Set-Cookie", c.String())
		}
		return nil, huma.ErrorWithHeaders(err, headers)
	}
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, session, cookie)
}

// begin signs the access token of a session and hands both tokens over.
func (s *server) begin(ctx context.Context, session people.Session, cookies bool) (*sessionOutput, error) {
	access, err := s.tokens.issue(ctx, session.Account.ID, session.Epoch, session.Lesson, session.AccessExpires)
	if err != nil {
		return nil, err
	}
	me, err := s.me(ctx, session.Account, session.Lesson)
	if err != nil {
		return nil, err
	}
	out := &sessionOutput{Body: sessionView{ExpiresIn: int(s.left(session.AccessExpires).Seconds()), Me: me}}
	if cookies {
		out.SetCookie = s.sessionCookies(ctx, access, session)
	} else {
		out.Body.AccessToken, out.Body.RefreshToken = access, session.RefreshToken
	}
	return out, nil
}

func (s *server) left(until time.Time) time.Duration { return until.Sub(s.Clock.Now()) }

func (s *server) sessionCookies(ctx context.Context, access string, session people.Session) []http.Cookie {
	return s.cookies(requestOf(ctx).tls, access, s.left(session.AccessExpires), session.RefreshToken, s.left(session.RefreshExpires))
}

func (s *server) noCookies(ctx context.Context) []http.Cookie {
	return s.cookies(requestOf(ctx).tls, "", 0, "", 0)
}
