// Faults as Go's standard library tells of them.
//
// usage: net get URL | dial ADDRESS | listen ADDRESS | serve-tls ADDRESS CERT KEY [CLIENT_CA] | ...
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	args := os.Args[2:]
	var err error
	switch os.Args[1] {
	case "get":
		err = get(args[0], nil)
	case "get-with":
		err = getWith(args)
	case "get-old":
		err = get(args[0], &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	case "dial":
		err = dial(args[0])
	case "listen":
		_, err = net.Listen("tcp", args[0])
		if err == nil && len(args) > 1 {
			_, err = net.Listen("tcp", args[0])
		}
	case "serve-tls":
		err = serveTLS(args)
	case "load":
		_, err = tls.LoadX509KeyPair(args[0], args[1])
	case "files":
		err = files(args[0])
	case "lookup":
		_, err = net.LookupHost(args[0])
	case "big-datagram":
		err = bigDatagram(args[0])
	case "late-write":
		err = lateWrite(args[0])
	}
	if err != nil {
		log.Fatal(err)
	}
}

func client(config *tls.Config) *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: config, Proxy: http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 2 * time.Second, ResponseHeaderTimeout: 2 * time.Second,
	}}
}

func get(url string, config *tls.Config) error {
	answer, err := client(config).Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return fmt.Errorf("read %s: %w", url, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: unexpected status %s", url, answer.Status)
	}
	return nil
}

// getWith URL CERT KEY: shows a client certificate.
func getWith(args []string) error {
	certificate, err := tls.LoadX509KeyPair(args[1], args[2])
	if err != nil {
		return err
	}
	return get(args[0], &tls.Config{Certificates: []tls.Certificate{certificate}})
}

func dial(address string) error {
	peer, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return err
	}
	peer.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := peer.Write([]byte("hello\n")); err != nil {
		return err
	}
	_, err = io.ReadFull(peer, make([]byte, 1<<16))
	return err
}

func serveTLS(args []string) error {
	config := &tls.Config{}
	if len(args) > 3 {
		pem, err := os.ReadFile(args[3])
		if err != nil {
			return err
		}
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := &http.Server{Addr: args[0], TLSConfig: config}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	err := server.ListenAndServeTLS(args[1], args[2])
	if err == http.ErrServerClosed {
		return nil
	}
	return err
}

// files opens sockets until the limit says no.
func files(address string) error {
	var kept []net.Conn
	for {
		peer, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		kept = append(kept, peer)
	}
}

func bigDatagram(address string) error {
	peer, err := net.Dial("udp", address)
	if err != nil {
		return err
	}
	_, err = peer.Write([]byte(strings.Repeat("x", 66_000)))
	return err
}

// lateWrite writes to a peer that has closed.
func lateWrite(address string) error {
	peer, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	for {
		time.Sleep(200 * time.Millisecond)
		if _, err := peer.Write([]byte("hello\n")); err != nil {
			return err
		}
	}
}
