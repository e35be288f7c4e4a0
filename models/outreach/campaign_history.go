package outreach

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// What can happen to a campaign. Old and New of an event are what the kind
// says: names, civil days, a number, or a team with its villages.
const (
	EventStarted  = "started"
	EventName     = "name"
	EventStartsOn = "starts_on"
	EventEndsOn   = "ends_on"
	EventTarget   = "target"
	EventHotline  = "hotline"
	EventEnded    = "ended"
	EventReopened = "reopened"
	EventMember   = "member"  // put into a team, or given other villages
	EventRemoved  = "removed" // a member taken out
)

// CampaignEvent is one line of a campaign's history.
type CampaignEvent struct {
	At    time.Time `json:"at"`
	By    string    `json:"by" gorm:"column:by_name"`
	Kind  string    `json:"kind" enum:"started,name,starts_on,ends_on,target,hotline,ended,reopened,member,removed"`
	About string    `json:"about" doc:"The member's name, of events about one."`
	Old   string    `json:"old" gorm:"column:old_value"`
	New   string    `json:"new" gorm:"column:new_value"`

	member models.ID
}

// diary writes a campaign's history in the transaction of the change.
type diary struct {
	actor    models.Actor
	campaign models.ID
	now      time.Time
}

func (d diary) write(tx *gorm.DB, e CampaignEvent) error {
	var about any
	if !e.member.IsZero() {
		about = e.member
	}
	err := tx.Exec("INSERT INTO campaign_events (id, campaign_id, kind, about, old_value, new_value, by_account, by_name, at) VALUES (?,?,?,?,?,?,?,?,?)",
		models.NewID(d.now), d.campaign, e.Kind, about, e.Old, e.New, d.actor.Account, d.actor.Name, d.now).Error
	if err != nil {
		return fmt.Errorf("write campaign event: %w", err)
	}
	return nil
}

// member writes what changed of a member; nothing when nothing did.
func (d diary) member(tx *gorm.DB, was, is Walker) error {
	if was.Team == is.Team && slices.Equal(was.Villages, is.Villages) && (was.RemovedAt == nil) == (is.RemovedAt == nil) {
		return nil
	}
	e := CampaignEvent{Kind: EventMember, Old: posting(was), New: posting(is), member: is.AccountID}
	if e.New == "" {
		e.Kind = EventRemoved
	}
	return d.write(tx, e)
}

// posting is a member's team with the names of the villages; what does not fit
// in a line of the history is cut.
func posting(w Walker) string {
	if w.Team == "" || w.RemovedAt != nil {
		return ""
	}
	names := make([]string, len(w.Places))
	for i, v := range w.Places {
		names[i] = place.VillageTitle(v.Kind, v.Name)
	}
	text := []rune(w.Team + ": " + strings.Join(names, ", "))
	if len(text) > maxPosting {
		return string(text[:maxPosting-1]) + "…"
	}
	return string(text)
}

// maxPosting is what a value of the history holds, in characters.
const maxPosting = 400

// changes lists what a change makes different, in the order of the form.
func changes(was, is Campaign) []CampaignEvent {
	list := []CampaignEvent{}
	note := func(kind, before, after string) {
		if before != after {
			list = append(list, CampaignEvent{Kind: kind, Old: before, New: after})
		}
	}
	note(EventName, was.Name, is.Name)
	note(EventStartsOn, was.StartsOn, is.StartsOn)
	note(EventEndsOn, was.EndsOn, is.EndsOn)
	note(EventTarget, strconv.Itoa(was.Target), strconv.Itoa(is.Target))
	note(EventHotline, was.Hotline, is.Hotline)
	if was.EndedOn == "" && is.EndedOn != "" {
		note(EventEnded, "", is.EndedOn)
	}
	if was.EndedOn != "" && is.EndedOn == "" {
		note(EventReopened, was.EndedOn, "")
	}
	return list
}

// CampaignHistory lists what happened to a campaign, the newest first, at most
// 200. The actor needs run_campaign in its area.
func (o *Outreach) CampaignHistory(ctx context.Context, actor models.Actor, campaign models.ID) ([]CampaignEvent, error) {
	tx := o.db.Read(ctx)
	if _, _, err := campaignInReach(tx, actor, models.ActRunCampaign, campaign); err != nil {
		return nil, err
	}
	list := []CampaignEvent{}
	err := tx.Raw(`SELECT e.at, e.by_name, e.kind, COALESCE(a.display_name, '') AS about, e.old_value, e.new_value
		FROM campaign_events e LEFT JOIN accounts a ON a.id = e.about WHERE e.campaign_id = ? ORDER BY e.at DESC, e.id DESC LIMIT 200`, campaign).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read campaign history: %w", err)
	}
	for i := range list {
		list[i].At = list[i].At.UTC()
	}
	return list, nil
}
