package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/rights"
)

// retentionPeriod is how long one kind of detail is kept.
type retentionPeriod struct {
	Key    string   `json:"key"`
	Months int      `json:"months"`
	Own    int      `json:"own_months" doc:"As the program came."`
	From   string   `json:"from" enum:"event,school_year"`
	Source string   `json:"source"`
	Sure   bool     `json:"sure" doc:"The law gives it; otherwise it is a proposal."`
	Before string   `json:"before" doc:"What is from before this civil day is over."`
	Tables []string `json:"tables"`
}

type retentionChange struct {
	ID     string    `json:"id"`
	Key    string    `json:"key"`
	Months int       `json:"months"`
	Was    int       `json:"was"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// retentionRun is one run that was made.
type retentionRun struct {
	ID      string           `json:"id"`
	BeganAt time.Time        `json:"began_at"`
	EndedAt time.Time        `json:"ended_at"`
	Erased  int64            `json:"erased" doc:"Rows that went or were blanked."`
	Stubs   int64            `json:"stubs" doc:"Proofs that a stub carries from then on."`
	Broken  int              `json:"broken" doc:"Persons left alone because a proof does not hold."`
	Failed  bool             `json:"failed"`
	Rows    map[string]int64 `json:"rows" doc:"By table."`
}

type retentionView struct {
	Periods []retentionPeriod `json:"periods"`
	Changes []retentionChange `json:"changes" doc:"The newest first, at most 50."`
	Runs    []retentionRun    `json:"runs" doc:"The newest first, at most 30."`
	Next    time.Time         `json:"next_run"`
}

// retentionCount is what a run would take of one kind of detail now.
type retentionCount struct {
	Key    string           `json:"key"`
	Before string           `json:"before"`
	Rows   map[string]int64 `json:"rows" doc:"That a run would take, by table."`
	Held   map[string]int64 `json:"held" doc:"That there are, by table."`
}

type periodInput struct {
	Key  string `path:"key" maxLength:"24"`
	Body struct {
		ID     string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is one change."`
		Months int    `json:"months" minimum:"1" maximum:"120"`
		Was    int    `json:"was" doc:"The number that was read."`
		Reason string `json:"reason" maxLength:"1600"`
	}
}

func (s *server) retentionOperations() {
	operate := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "rights", action: models.ActOperate, refuses: refuses}
	}
	register(s, operate("get-retention", http.MethodGet, "/retention", "How long details are kept, who changed it, what the last runs erased and when the next is."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[retentionView], error) {
			return answer(s.retention(ctx, actor))
		})
	count := operate("count-retention", http.MethodGet, "/retention/counts", "What each table holds and what a run would erase now; nothing is erased.")
	count.within = uploadTime // it counts every table
	register(s, count, func(ctx context.Context, actor models.Actor, _ *none) (*body[list[retentionCount]], error) {
		r, err := s.Rights.Retain(ctx, actor, true)
		return answer(listed(converted(r.Expired, func(e rights.Expired) retentionCount {
			return retentionCount{e.Key, e.Before, e.Rows, e.Held}
		}), ""), err)
	})
	register(s, operate("change-retention-period", http.MethodPut, "/retention/periods/{key}", "Keep one kind of detail for another number of months; it is on record.", models.KindConflict, models.KindInvalid),
		func(ctx context.Context, actor models.Actor, in *periodInput) (*body[retentionView], error) {
			id, err := parseID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			if err := s.Rights.ChangePeriod(ctx, actor, id, in.Key, in.Body.Was, in.Body.Months, in.Body.Reason); err != nil {
				return nil, err
			}
			return answer(s.retention(ctx, actor))
		})
}

func (s *server) retention(ctx context.Context, actor models.Actor) (retentionView, error) {
	p, err := s.Rights.RetentionPlan(ctx, actor)
	return retentionView{
		Periods: filled(converted(p.Periods, func(n rights.PeriodNow) retentionPeriod {
			return retentionPeriod{n.Key, n.Months, n.Own, n.From, n.Source, n.Sure, n.Before, filled(n.Tables)}
		})),
		Changes: filled(converted(p.Changes, func(c rights.PeriodChange) retentionChange {
			return retentionChange{c.ID.String(), c.Period, c.Months, c.Was, c.Reason, c.ChangedName, c.ChangedAt}
		})),
		Runs: filled(converted(p.Runs, func(r rights.Run) retentionRun {
			return retentionRun{r.ID.String(), r.BeganAt, r.EndedAt, r.Erased, r.Stubs, r.Broken, r.Failed == 1, r.Rows()}
		})),
		Next: p.Next,
	}, err
}
