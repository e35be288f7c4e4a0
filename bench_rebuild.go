package main

import (
	"fmt"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/seeds"
)

// rebuild recounts a whole province from its links and certificates, and
// measures how soon a confirmed link stands in its commune's number.
func (b *bench) rebuild() error {
	house, err := b.emptyHouse("rebuild.db")
	if err != nil {
		return err
	}
	defer house.DB.Close()
	villages, err := house.Villages(b.ctx)
	if err != nil {
		return err
	}
	if err := b.plannerRows(house, villages, "ANALYZE"); err != nil {
		return err
	}
	// The rows were written past the ledger: the first recount writes what is missing.
	if _, _, err := house.Households.Rebuild(b.ctx, house.System); err != nil {
		return err
	}
	var took []float64
	for range b.Rounds {
		start := time.Now()
		repaired, _, err := house.Households.Rebuild(b.ctx, house.System)
		if err != nil {
			return err
		}
		if repaired != 0 {
			return fmt.Errorf("a sound province had %d wrong households", repaired)
		}
		took = append(took, time.Since(start).Seconds())
	}
	b.add(benchResult{Name: "rebuild_province", Value: median(took), Unit: "s",
		Note: fmt.Sprintf("every link, certificate and counter of %d households read and compared, counters written anew", b.Households)})
	return b.linkToCommune(house)
}

// linkToCommune confirms claims one after the other and reads the commune's
// page until its number has risen.
func (b *bench) linkToCommune(house *seeds.House) error {
	var claims []struct{ ID, CommuneID models.ID }
	err := house.DB.Read(b.ctx).Raw(`SELECT MIN(l.id) AS id, vc.commune_id FROM household_links l JOIN households h ON h.id = l.household_id AND h.known = 0
		JOIN village_communes vc ON vc.village_id = h.village_id AND vc.valid_to = '9999-12-31'
		WHERE l.state = 'claimed' GROUP BY l.household_id, vc.commune_id LIMIT ?`, 40*b.Rounds).Scan(&claims).Error
	if err != nil {
		return err
	}
	if len(claims) == 0 {
		return fmt.Errorf("no claim to confirm")
	}
	var all []time.Duration
	for _, c := range claims {
		area := coverage.Area{ID: c.CommuneID, Level: coverage.LevelCommune}
		before, err := house.Coverage.Page(b.ctx, house.System, area)
		if err != nil {
			return err
		}
		officer := models.Actor{Account: house.System.Account, Name: "officer",
			Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: c.CommuneID}}}
		start := time.Now()
		if _, err := house.Households.Decide(b.ctx, officer, c.ID, true, ""); err != nil {
			return err
		}
		for {
			after, err := house.Coverage.Page(b.ctx, house.System, area)
			if err != nil {
				return err
			}
			if after.Figures.Known == before.Figures.Known+1 {
				break
			}
			if time.Since(start) > 30*time.Second {
				return fmt.Errorf("the commune's number did not rise")
			}
		}
		all = append(all, time.Since(start))
	}
	b.add(benchResult{Name: "link_to_commune", Value: percentile(all, 0.95), Unit: "ms",
		Note: fmt.Sprintf("95th percentile of %d: a link confirmed until its commune's page shows it", len(all))})
	return nil
}
