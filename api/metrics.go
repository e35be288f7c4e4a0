package api

import (
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"nhaso/models"
)

// metrics counts requests by method, route template and status. Paths never
// become labels: they carry ids and would grow without bound.
type metrics struct {
	registry *prometheus.Registry
	inFlight prometheus.Gauge
	seconds  *prometheus.HistogramVec
	series   sync.Map // series → prometheus.Observer: saves hashing the labels
}

type series struct {
	method, route string
	status        int
}

func newMetrics(d Deps) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "nhaso_http_in_flight", Help: "Requests being answered."}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "nhaso_http_request_seconds", Help: "Time to answer, by method, route template and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "nhaso_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": d.Version}})
	build.Set(1)
	m.registry.MustRegister(m.inFlight, m.seconds, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if d.DB != nil {
		if pool, err := d.DB.Pool(); err == nil {
			m.registry.MustRegister(collectors.NewDBStatsCollector(pool, "nhaso"))
		}
	}
	return m
}

// observe counts one answered request. Unknown routes and odd methods share
// one series each, so that a scanner cannot fill the memory.
func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "other"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "OTHER"
	}
	key := series{method, route, status}
	o, ok := m.series.Load(key)
	if !ok {
		o, _ = m.series.LoadOrStore(key, m.seconds.WithLabelValues(method, route, strconv.Itoa(status)))
	}
	o.(prometheus.Observer).Observe(took.Seconds())
}

// serveMetrics answers Prometheus: with a token set those who bring it,
// otherwise only this machine asking for itself, not through a proxy.
func (s *server) serveMetrics() gin.HandlerFunc {
	h := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
	return func(c *gin.Context) {
		if s.MetricsToken != "" {
			got, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
			if subtle.ConstantTimeCompare([]byte(got), []byte(s.MetricsToken)) != 1 {
				refuse(c, models.Fail(models.KindUnauthenticated, ""))
				return
			}
		}
		if s.MetricsToken == "" && !local(c.Request) {
			refuse(c, models.NotFound())
			return
		}
		h.ServeHTTP(c.Writer, c.Request)
	}
}

// local tells whether a program on this machine asks, and not a proxy on
// behalf of somebody.
func local(r *http.Request) bool {
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && at.Addr().Unmap().IsLoopback()
}
