import json
import time

import models.offer_refresh as orf
from features.online_store import build_online
from models.answering import answering
from models.offer_refresh import *
from serving.app import create_app


def test_measure(demo_lake):
    lake=demo_lake.lake; t=demo_lake.andina
    t0=time.time(); a=answering(lake,t,lake.contract_of(t)); print("answering",[x for x in a.trained],a.left_out, time.time()-t0)
    print([n for n in dir(orf) if not n.startswith('_')])
    print("online", build_online(lake,t,lake.contract_of(t)))
    app=create_app(demo_lake.settings,lake)
    c=app.test_client()
    h={"Authorization":"Bearer "+demo_lake.key(t,"score","read")}
    ids=demo_lake.customer_ids()
    from models.live import LiveModels
    from operations.incidents import Registrar, register
    from tenancy.actor import system_actor
    live=LiveModels(lake); stop=live.watch(2.0); time.sleep(8)
    contract=lake.contract_of(t)
    reg=Registrar(lake,live,t,contract,system_actor("x"))
    ts=[]
    def one(n):
        b={"customer_id":ids[n],"incident_id":f"M{n}","text":"Me cobraron dos veces la factura y el internet se cae todas las noches, nadie responde","kind":"claim","channel":"chat"}
        c0=time.thread_time(); t0=time.perf_counter(); r=register(reg,[b],["x"],None)[0]; ts.append((time.perf_counter()-t0, time.thread_time()-c0)); return r
    for n in range(40): r=one(n)
    import statistics as st
    ts.clear()
    for n in range(40,100): r=one(n)
    print("wall p50 ms", st.median(x for x,_ in ts)*1000, "min", min(x for x,_ in ts)*1000, "cpu p50", st.median(x for _,x in ts)*1000)
    print(json.dumps(r.answer,ensure_ascii=False,indent=1)[:5000])
    stop()
    print('LAST', 'wall p50 ms', st.median(x for x,_ in ts)*1000, 'min', min(x for x,_ in ts)*1000, 'cpu p50', st.median(x for _,x in ts)*1000, 'cpu min', min(x for _,x in ts)*1000)
