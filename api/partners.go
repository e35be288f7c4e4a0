package api

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"nhaso/models"
	"nhaso/models/people"
)

// PartnerView is a token as it is listed.
type PartnerView struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Purpose   string     `json:"purpose"`
	AreaCode  string     `json:"area_code"`
	AreaName  string     `json:"area_name"`
	PerMinute int        `json:"per_minute"`
	ExpiresOn string     `json:"expires_on"`
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	RevokedAt *time.Time `json:"revoked_at"`
	Live      bool       `json:"live"`
	LastDay   string     `json:"last_day" doc:"Empty: never used."`
	Uses      int        `json:"uses" doc:"In the last 30 days."`
}

func (s *server) partnerView(p people.Partner) PartnerView {
	return PartnerView{p.ID.String(), p.Name, p.Purpose, p.AreaCode, p.AreaName, p.PerMinute, p.ExpiresOn, p.CreatedAt, p.CreatedBy, p.RevokedAt,
		p.Live(s.Clock.Today()), p.LastDay, p.Uses}
}

// partnerMade carries the token's text, which is never shown again.
type partnerMade struct {
	PartnerView
	Token string `json:"token" doc:"Shown once; only its hash is kept."`
}

type newPartnerInput struct {
	Body struct {
		ID        string `json:"id" maxLength:"36" doc:"Made by the client. Sent again before the first use it answers a new token; the one before is void."`
		Name      string `json:"name" maxLength:"200" doc:"The office that will use it."`
		Purpose   string `json:"purpose" maxLength:"600" doc:"What for."`
		AreaCode  string `json:"area_code" maxLength:"16" doc:"Of a province or commune; the token reads it and what lies below."`
		PerMinute int    `json:"per_minute,omitempty" doc:"Requests a minute, 1 to 600; default 60."`
		ExpiresOn string `json:"expires_on" maxLength:"10" doc:"First civil day on which it holds no longer, at most 400 days from now."`
	}
}

// partnerOwn is what a partner's program learns about its own token.
type partnerOwn struct {
	AreaCode  string   `json:"area_code"`
	AreaName  string   `json:"area_name"`
	ExpiresOn string   `json:"expires_on"`
	PerMinute int      `json:"per_minute"`
	Releases  []string `json:"releases" doc:"Days that were published, the newest first."`
}

func (s *server) partnerOperations() {
	keep := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "partners", action: models.ActPublish, refuses: refuses}
	}
	register(s, keep("list-partners", http.MethodGet, "/partners", "The tokens given to programs of other offices, with how often they were used."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[list[PartnerView]], error) {
			found, err := s.People.Partners(ctx, actor)
			return answer(listed(converted(found, s.partnerView), ""), err)
		})
	register(s, keep("create-partner", http.MethodPost, "/partners", "Give a program of another office a token: it reads what is published of an area.",
		models.KindInvalid, models.KindConflict, models.KindNotFound), s.createPartner)
	register(s, keep("revoke-partner", http.MethodPost, "/partners/{id}/revocation", "End a token at once."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*none, error) {
			id, err := in.id()
			if err != nil {
				return nil, err
			}
			return nil, s.People.RevokePartner(ctx, actor, id)
		})
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "partner", action: models.ActReadPublished, refuses: []models.Kind{models.KindTooMany}}
	}
	register(s, read("partner-token", "/partner", "What this token may read, until when, and which days were published."), s.partnerOwn)
	register(s, read("partner-coverage", "/partner/coverage/{code}", "What is published of an area of the token: sums only, as on the public page, of any release."),
		func(ctx context.Context, actor models.Actor, in *publicInput) (*body[publicView], error) {
			on, err := parseDay("query.on", in.On)
			if err != nil {
				return nil, err
			}
			where, err := s.spotOf(ctx, in.Code, on)
			if err != nil {
				return nil, err
			}
			page, err := s.Coverage.PublicFor(ctx, actor, where.at, on)
			if err != nil {
				return nil, err
			}
			return answer(s.publicViewOf(ctx, where, page))
		})
}

func (s *server) createPartner(ctx context.Context, actor models.Actor, in *newPartnerInput) (*body[partnerMade], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	where, err := s.spotOf(ctx, in.Body.AreaCode, "")
	if err != nil {
		return nil, err
	}
	made, token, err := s.People.CreatePartner(ctx, actor, people.NewPartner{ID: id, Name: in.Body.Name, Purpose: in.Body.Purpose,
		AreaID: where.at.ID, PerMinute: in.Body.PerMinute, ExpiresOn: in.Body.ExpiresOn})
	return answer(partnerMade{s.partnerView(made), token}, err)
}

func (s *server) partnerOwn(ctx context.Context, actor models.Actor, _ *none) (*body[partnerOwn], error) {
	p := requestOf(ctx).partner
	days, err := s.Coverage.Releases(ctx)
	return answer(partnerOwn{p.AreaCode, p.AreaName, p.ExpiresOn, p.PerMinute, days}, err)
}

// partnerOf finds whose token a program showed, takes one request of its pace
// and counts the use.
func (s *server) partnerOf(r *request, token string) (models.Actor, error) {
	p, err := s.People.PartnerOf(r, token)
	if err != nil {
		return models.Actor{}, err
	}
	if err := s.partnerPaces.allow(p, s.Clock.Now()); err != nil {
		return models.Actor{}, err
	}
	r.partner = p
	return p.Actor(), s.People.CountUse(r, p.ID)
}

// partnerPaces keeps one bucket per token. Tokens are few and made by hand.
type partnerPaces struct {
	mu      sync.Mutex
	buckets map[models.ID]*rate.Limiter
}

// allow takes one request. The error is KindTooMany with the seconds until the
// next.
func (b *partnerPaces) allow(p people.Partner, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.buckets[p.ID]
	if l == nil {
		if b.buckets == nil {
			b.buckets = map[models.ID]*rate.Limiter{}
		}
		l = rate.NewLimiter(rate.Limit(float64(p.PerMinute)/60), p.PerMinute)
		b.buckets[p.ID] = l
	}
	one := l.ReserveN(now, 1)
	if wait := one.DelayFrom(now); wait > 0 {
		one.CancelAt(now)
		return &models.Error{Kind: models.KindTooMany, Code: string(models.KindTooMany), RetryAfter: int(math.Ceil(wait.Seconds()))}
	}
	return nil
}
