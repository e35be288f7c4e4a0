package learning

import (
	"context"
	"time"

	"nhaso/models"
)

// PackHead is a published pack in a list. Area is the code of the province or
// commune it is for, AreaName empty when no such area is known here; Cards
// counts those that it adds or puts in place of others.
type PackHead struct {
	Key       string    `json:"key"`
	Area      string    `json:"area"`
	AreaName  string    `json:"area_name"`
	Title     string    `json:"title"`
	Extends   string    `json:"extends"`
	Platforms int       `json:"platforms"`
	Cards     int       `json:"cards"`
	CheckedOn string    `json:"checked_on"`
	UpdatedAt time.Time `json:"updated_at"`
}

// PacksList lists the current packs by key. The actor needs the action operate.
func (l *Learning) PacksList(ctx context.Context, actor models.Actor) ([]PackHead, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return nil, err
	}
	packs, err := l.catalog.loadPacks(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		PackKey, Name string
		UpdatedAt     time.Time
	}
	err = l.db.Read(ctx).Raw(`SELECT p.pack_key, p.updated_at, COALESCE(a.name, '') AS name FROM place_packs p
		LEFT JOIN areas a ON a.code = p.area_code AND a.valid_to = ?`, models.Forever).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	list := make([]PackHead, len(packs))
	for i, p := range packs {
		list[i] = PackHead{Key: p.Key, Area: p.Area, Title: p.Title, Extends: p.Extends, Platforms: len(p.Platforms), CheckedOn: p.CheckedOn}
		for _, c := range p.Cards {
			list[i].Cards += len(c.Cards)
		}
		for _, r := range rows {
			if r.PackKey == p.Key {
				list[i].AreaName, list[i].UpdatedAt = r.Name, r.UpdatedAt.UTC()
			}
		}
	}
	return list, nil
}
