package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/seeds"
)

// pagesOfCoverage are the figures of this file.
var pagesOfCoverage = []string{"coverage_pages_100_p95", "coverage_as_of_p95", "coverage_trend_p95"}

// viewers is how many officers look at coverage pages at once.
const viewers = 100

// historyDays is how far back the generated history goes: two school years.
const historyDays = 730

// coveragePages measures what officers read of a province with a history: pages
// of this moment with a hundred viewers, and pages of any day under any map.
func (b *bench) coveragePages(house *seeds.House, base, token string) error {
	if err := b.history(house); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	var communes []struct{ Code string }
	if err := house.DB.Read(b.ctx).Raw("SELECT code FROM areas WHERE level = 'commune' AND valid_to = ?", models.Forever).Scan(&communes).Error; err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: viewers, DisableCompression: true}}
	path := func() string {
		if rand.IntN(4) == 0 {
			return "/areas/22/coverage"
		}
		return "/areas/" + communes[rand.IntN(len(communes))].Code + "/coverage"
	}
	// People look at what they were given before they ask for the next page.
	pages, err := b.latencyOf(viewers, time.Second, func() error {
		_, err := fetch(client, base+"/api/v1"+path(), token)
		return err
	})
	if err != nil {
		return err
	}
	b.add(benchResult{Name: "coverage_pages_100_p95", Value: pages, Unit: "ms",
		Note: fmt.Sprintf("%d viewers over HTTP, each with a page a second: the province or one of 54 communes; %d households", viewers, b.Households)})
	maps := []string{"2024-10-31", "2025-06-30", ""}
	asOf, err := b.latencyOf(4, 0, func() error {
		on := b.clock.Now().AddDate(0, 0, -rand.IntN(historyDays)).Format(time.DateOnly)
		_, err := fetch(client, base+"/api/v1/areas/22/coverage?on="+on+"&map="+maps[rand.IntN(len(maps))], token)
		return err
	})
	if err != nil {
		return err
	}
	b.add(benchResult{Name: "coverage_as_of_p95", Value: asOf, Unit: "ms",
		Note: fmt.Sprintf("the province and its communes on any of %d days under the 177, 171 or 54 communes, 4 clients over HTTP", historyDays)})
	trend, err := b.latencyOf(4, 0, func() error {
		_, err := fetch(client, base+"/api/v1/areas/22/coverage/trend", token)
		return err
	})
	if err != nil {
		return err
	}
	b.add(benchResult{Name: "coverage_trend_p95", Value: trend, Unit: "ms", Note: "months, weeks and forecast of the province, 4 clients over HTTP"})
	return nil
}

// latencyOf answers the median over the rounds of the 95th percentile, in ms, of
// what op takes with some clients who pause in between, half to one and a half
// times as long as pause. They do not all begin at the same moment.
func (b *bench) latencyOf(clients int, pause time.Duration, op func() error) (float64, error) {
	var p95 []float64
	for range b.Rounds {
		all, err := b.visits(clients, pause, op)
		if err != nil {
			return 0, err
		}
		p95 = append(p95, percentile(all, 0.95))
	}
	return median(p95), nil
}

// visits is one round of latencyOf, of two rounds' time.
func (b *bench) visits(clients int, pause time.Duration, op func() error) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	until := time.Now().Add(time.Duration(2 * b.Seconds * float64(time.Second)))
	err := parallel(clients, func() error {
		time.Sleep(time.Duration(rand.Int64N(int64(pause) + 1)))
		for time.Now().Before(until) {
			start := time.Now()
			if err := op(); err != nil {
				return err
			}
			took := time.Since(start)
			mu.Lock()
			all = append(all, took)
			mu.Unlock()
			time.Sleep(pause/2 + time.Duration(rand.Int64N(int64(pause)+1)))
		}
		return nil
	})
	return all, err
}

// history writes what two school years of lessons leave in the history: a change
// in every village on a third of the days.
func (b *bench) history(house *seeds.House) error {
	pool, err := house.DB.Pool()
	if err != nil {
		return err
	}
	villages, err := house.Villages(b.ctx)
	if err != nil {
		return err
	}
	columns := "households, known, covered, " + strings.Join(coverage.SkillNames[:], ", ")
	insert := "INSERT INTO coverage_history (village_id, grain, period, " + columns + ") VALUES (?, ?, ?, 0, 1, ?, 1, 1, 1, 1, 1)" +
		" ON CONFLICT DO NOTHING"
	return bareTx(b.ctx, pool, func(tx *sql.Tx) error {
		statement, err := tx.PrepareContext(b.ctx, insert)
		if err != nil {
			return err
		}
		defer statement.Close()
		for _, v := range villages {
			for back := range historyDays {
				if rand.IntN(3) > 0 {
					continue
				}
				day := b.clock.Now().AddDate(0, 0, -back).Format(time.DateOnly)
				for grain, period := range map[string]string{"day": day, "month": day[:7], "year": day[:4]} {
					if _, err := statement.ExecContext(b.ctx, v.ID[:], grain, period, back%2); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}
